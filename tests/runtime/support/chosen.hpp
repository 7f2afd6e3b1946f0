#pragma once
// Lets the schedule of an explored program draw what a scenario does.
#include <corokit/explore.hpp>

#include <cstdint>

namespace corokit::test {

/// Draws as a Rng does, for scenarios that are also played where nothing is explored. In an explored program each number
/// is a choice of the schedule.
struct Chosen {
  static std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(explorer::choose(bound));
  }
};

}  // namespace corokit::test
