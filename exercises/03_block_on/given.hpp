#pragma once
#include <02_run_loop/run_loop.hpp>
