#pragma once
#include <13_select/select.hpp>
