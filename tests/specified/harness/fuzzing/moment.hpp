#pragma once
#include <corokit/time/clock.hpp>

namespace corokit::specified::fuzzing {

/// Something happened: at a time that counts from the beginning of a scenario, as the `order`-th event of all.
struct Moment {
  Duration time{0};
  int order = 0;  // from 1; 0 if it never happened

  explicit operator bool() const noexcept { return order > 0; }
  /// Both must have happened.
  bool before(const Moment& other) const noexcept { return order < other.order; }
};

}  // namespace corokit::specified::fuzzing
