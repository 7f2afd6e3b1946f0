#pragma once
#include <cstddef>
#include <cstdint>

namespace corokit::specified::fuzzing {

/// What the contract promises, by the test that has the points for it.
enum class Promise : std::uint8_t { results, limit, cancellation, timeout, order, shutdown };
inline constexpr std::size_t kPromises = 6;

}  // namespace corokit::specified::fuzzing
