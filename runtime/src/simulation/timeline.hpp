#pragma once
#include "recording.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace corokit::explorer {

struct TimelineOptions {
  std::size_t width = 100;  // columns of the terminal; at least 60 are used
  std::size_t rows = 20;    // the most lanes that are drawn
  bool colour = false;      // with the escape sequences of ANSI terminals
  /// Says in another language what stands in it besides names, such as "does nothing"; none: it is as it is.
  std::function<std::string(const std::string&)> say = {};
};

/// Draws a schedule as a timeline: a row for each lane, with what it did when, how long it took, and what it waited for
/// most; a row for each series, with its values; and below them a mark where the finding came to be. If all happens at
/// time 0, or there is no time, the scale counts steps. Of too many lanes, those that the finding is about and those that
/// wait at the end come first.
///
/// Returns: lines, each with its '\n'; nothing of the recording can change the state of the terminal.
std::string draw_timeline(const Recording& recording, const TimelineOptions& options = {});

}  // namespace corokit::explorer
