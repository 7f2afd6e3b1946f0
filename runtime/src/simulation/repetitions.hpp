#pragma once
#include "recording.hpp"

#include <cstddef>
#include <vector>

namespace corokit::explorer {

/// Steps that are shown one after another, and then happen as many more times as `more` says.
struct Stretch {
  std::size_t first;  // a place in Recording::steps
  std::size_t count;
  std::size_t more = 0;
};

/// Folds loops: a run of steps that repeats at once with the same operations and values becomes one stretch; the
/// numbers of steps in operations may differ. Steps that the finding is about are never folded away.
///
/// Returns: the stretches in order; together with their repetitions they are all the steps.
std::vector<Stretch> fold_repetitions(const Recording& recording);

}  // namespace corokit::explorer
