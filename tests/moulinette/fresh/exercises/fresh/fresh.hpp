#pragma once
// The given header. Students may not change it.
#include <corokit/task.hpp>
#include <corokit/time/sleep.hpp>

/// Doubles a number, after 10 ms; zero at once.
corokit::Task<int> twice_later(int number);
