#pragma once
#include "fuzzing/range.hpp"

#include <corokit/time/clock.hpp>

#include <vector>

namespace corokit::specified::fuzzing {

/// Returns: durations within a range of milliseconds, the simplest first: multiples of 10 ms and zero, so that many are
/// equal and things happen in one moment; then others, some of which are no whole milliseconds.
std::vector<Duration> durations_within(Range milliseconds);

/// Returns: the same, with the longest first: there is no simpler timeout than one that does not pass. More of the others are
/// short than long.
std::vector<Duration> timeouts_within(Range milliseconds);

/// Returns: all numbers within a range, in order; and again those of its lowest eighth, `often` times.
std::vector<int> numbers_within(Range range, int often);

}  // namespace corokit::specified::fuzzing
