#pragma once
#include <05_notify/given.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace mini {

/// One level of a timer wheel: 64 slots, a list of waiters in each.
class Level {
 public:
  static constexpr std::size_t kSlots = 64;

  Waiters& operator[](std::size_t slot) noexcept {
    ++looks();
    used_ |= std::uint64_t{1} << slot;
    return slots_[slot];
  }

  /// Returns: the first slot that is not empty; kSlots if all are. It does not go through the slots: a word has a bit for
  /// each of them, which says that it has been used since it was last seen empty.
  std::size_t first() noexcept {
    for (; used_ != 0; used_ &= used_ - 1) {
      ++looks();
      const auto slot = static_cast<std::size_t>(std::countr_zero(used_));
      if (!slots_[slot].empty()) return slot;
    }
    return kSlots;
  }

  /// How many slots this thread has looked at. The tests count them.
  static std::size_t& looks() noexcept {
    static thread_local std::size_t count = 0;
    return count;
  }

 private:
  std::array<Waiters, kSlots> slots_;
  std::uint64_t used_ = 0;
};

}  // namespace mini
