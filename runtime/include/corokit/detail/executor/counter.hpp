#pragma once
#include <corokit/detail/sync/atomic.hpp>
#include <cstdint>

namespace corokit::detail {

/// A number that one thread at a time raises and any thread may read. It needs no read-modify-write, so it is cheap.
class Counter {
 public:
  // Relaxed: a reader wants an estimate, and no other data depends on the value.
  void add(std::uint64_t more = 1) noexcept { value_.store(get() + more, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  Atomic<std::uint64_t> value_{0};
};

}  // namespace corokit::detail
