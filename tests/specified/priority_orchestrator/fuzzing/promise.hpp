#pragma once
#include <cstddef>
#include <cstdint>

namespace corokit::specified::fuzzing {

/// What the contract promises, by the test that has the points for it.
enum class Promise : std::uint8_t { order, ageing, stealing, deadlines, giving_way, cancellation, timeout };
inline constexpr std::size_t kPromises = 7;

}  // namespace corokit::specified::fuzzing
