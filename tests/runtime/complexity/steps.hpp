#pragma once
// Counts the steps of a program: a step is a basic block of the runtime or of the test, or 16 bytes that memmove(),
// memcpy() or memset() writes. So a loop over a list counts, wherever it is, and so does the erasure of an element from
// the middle of a vector. What libraries do inside does not count.
#include <gtest/gtest.h>
#include <cstddef>
#include <cstdint>

namespace corokit::test {

/// Returns: how many steps the calling thread has taken so far.
std::uint64_t steps() noexcept;
/// Returns: how many allocations the calling thread has made so far. No frame is recycled in these tests, so that frames,
/// and all else that the frame pool holds, count too.
std::uint64_t allocations() noexcept;

/// Expects that `run(4n)` takes at most 4 times the steps of `run(n)`, and a tenth more. A cost of n log n or more fails.
/// `run` returns its steps.
template <class Run>
void expect_linear(const Run& run, std::size_t n = 4096) {
  const std::uint64_t few = run(n);
  const std::uint64_t many = run(4 * n);
  EXPECT_GT(few, n) << "nothing was counted";
  EXPECT_LE(static_cast<double>(many), 4.4 * static_cast<double>(few)) << few << " steps for " << n;
}

/// Expects that `run(4n)` takes no more steps than `run(n)`, and a tenth, where n counts what is merely there.
template <class Run>
void expect_constant(const Run& run, std::size_t n = 4096) {
  const std::uint64_t few = run(n);
  const std::uint64_t many = run(4 * n);
  EXPECT_GT(few, 0u) << "nothing was counted";
  EXPECT_LE(static_cast<double>(many), 1.1 * static_cast<double>(few)) << few << " steps beside " << n;
}

}  // namespace corokit::test
