#pragma once
#include "recording.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace corokit::explorer {

struct StepOptions {
  std::size_t width = 100;  // columns of the terminal; at least 40 are used
  bool colour = false;      // with the escape sequences of ANSI terminals
  /// Says in another language what stands in it besides names, such as "has not run yet"; none: it is as it is.
  std::function<std::string(const std::string&)> say = {};
};

/// Draws one moment of a schedule: the step at a place in Recording::steps, why another lane ran before it, what each
/// lane did last, and all values that are known after it. At the last step it says what broke.
///
/// Requires: `place` is below steps.size(), or there are no steps.
/// Returns: lines, each with its '\n'; nothing of the recording can change the state of the terminal.
std::string draw_step(const Recording& recording, std::size_t place, const StepOptions& options = {});

}  // namespace corokit::explorer
