#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace corokit::model {

/// Recognises that a thread repeats the same few operations without seeing anything new.
class Spins {
 public:
  static constexpr std::size_t kLongest = 8;  // the most operations of a round

  /// An operation at a place in the program that saw `value` at `address`, and changed nothing.
  void repeatable(std::uintptr_t place, const void* address, std::uint64_t value) noexcept {
    note({place, address, value});
  }
  /// Something happened that is new.
  void news() noexcept { count_ = 0; }

  /// Returns: whether the operation that comes is the next one of rounds that were the same three times.
  bool expects(std::uintptr_t place, const void* address) const noexcept {
    if (count_ == 0 || rounds_ < 3) return false;
    const Operation& before = last_[(count_ - length_) % kLongest];
    return before.place == place && before.address == address;
  }
  /// Returns: whether the operation that comes was there before, and since then there were the same operations as before it.
  bool repeats(std::uintptr_t place) const noexcept {
    for (std::size_t length = 1; length <= kLongest && length <= count_; ++length)
      if (last_[(count_ - length) % kLongest].place == place) return same_[length - 1] + 1 >= length;
    return false;
  }
  /// Returns: how often the same operations came one after another; 0 or 1 if they were others before.
  std::size_t rounds() const noexcept { return rounds_; }
  /// Returns: the number of operations of a round.
  std::size_t length() const noexcept { return length_; }
  /// Returns: the address of one of them.
  const void* address(std::size_t i) const noexcept { return last_[(count_ - 1 - i) % kLongest].address; }
  /// Returns: how many operations are known, the last ones.
  std::size_t known() const noexcept { return count_ < kLongest ? count_ : kLongest; }

 private:
  struct Operation {
    std::uintptr_t place;
    const void* address;
    std::uint64_t value;
    bool operator==(const Operation&) const = default;
  };

  void note(const Operation& operation) noexcept {
    if (count_ == 0) {
      same_.fill(0);
      rounds_ = 0;
    }
    std::size_t rounds = 0;
    for (std::size_t length = kLongest; length > 0; --length) {
      const bool same = length <= count_ && last_[(count_ - length) % kLongest] == operation;
      same_[length - 1] = same ? same_[length - 1] + 1 : 0;
      if (same_[length - 1] < length) continue;
      rounds = same_[length - 1] / length + 1;
      length_ = length;
    }
    rounds_ = rounds;
    last_[count_ % kLongest] = operation;
    ++count_;
  }

  std::array<Operation, kLongest> last_{};
  std::array<std::size_t, kLongest> same_{};  // how many operations were the same as that many before them
  std::size_t count_ = 0;
  std::size_t rounds_ = 0;
  std::size_t length_ = 0;
};

}  // namespace corokit::model
