#pragma once
#include <05_notify/given.hpp>
