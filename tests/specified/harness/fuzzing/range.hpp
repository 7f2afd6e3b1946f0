#pragma once

namespace corokit::specified::fuzzing {

/// Numbers from `low` to `high`, both included.
struct Range {
  int low;
  int high;
};

}  // namespace corokit::specified::fuzzing
