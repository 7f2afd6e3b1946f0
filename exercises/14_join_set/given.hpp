#pragma once
#include <05_notify/given.hpp>
#include <13_select/select.hpp>
