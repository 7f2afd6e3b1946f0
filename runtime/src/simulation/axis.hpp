#pragma once
#include "recording.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace corokit::explorer {

/// What runs from the left to the right of a timeline: virtual time; or the steps, where there is no time or all happens
/// at once.
struct Axis {
  bool counts_steps = false;
  std::int64_t end = 0;                // from 0 to here, in nanoseconds or steps
  std::vector<Recording::Span> spans;  // in these units; made from the steps if the recording has none
  std::vector<std::int64_t> steps;     // where each step stands
  std::vector<Recording::Series> series;
};

/// Returns: the axis of a recording.
Axis axis_of(const Recording& recording);

}  // namespace corokit::explorer
