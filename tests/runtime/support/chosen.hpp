#pragma once
// Lets the schedule of an explored program draw what a scenario does.
#include <corokit/explore.hpp>

#include <cstdint>

namespace corokit::test {

/// Draws as a Rng does, and as a generator of the standard library, for scenarios that are also played where nothing is
/// explored. In an explored program each number is a choice of the schedule.
struct Chosen {
  static std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>(explorer::choose(bound));
  }

  using result_type = std::uint32_t;
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return 0x7fff'ffff; }
  result_type operator()() const { return below(max() + 1); }
};

}  // namespace corokit::test
