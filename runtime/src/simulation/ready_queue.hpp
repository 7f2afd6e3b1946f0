#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>

namespace corokit::sim {

/// What is ready to run, oldest first. Any entry can be taken in O(1): the oldest then stands in its place.
///
/// An entry that yielded lets the others go first: whoever is taken from behind it overtakes it, and so does the entry
/// itself, unless it is the oldest. After that no yield counts that was before.
template <class Entry>
class ReadyQueue {
 public:
  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }
  const Entry& operator[](std::size_t index) const { return entries_[index].entry; }

  /// Returns: how many entries can be taken, from the oldest on, without overtaking one that yielded; at least 1 if
  ///   there is an entry.
  std::size_t in_turn() const noexcept { return in_turn_; }

  void push(const Entry& entry, bool yielded = false) {
    entries_.push_back({entry, yielded ? overtakings_ : kNever});
    if (in_turn_ + 1 == entries_.size()) count_on();
  }

  Entry take(std::size_t index) {
    if (index >= in_turn_) {
      ++overtakings_;
      in_turn_ = entries_.size();
    }
    std::swap(entries_[index], entries_.front());
    const Entry taken = entries_.front().entry;
    entries_.pop_front();
    if (in_turn_ > 0) --in_turn_;
    if (in_turn_ == 0) count_on();
    return taken;
  }

  /// Returns: whether there was one.
  template <class Predicate>
  bool remove_first(const Predicate& predicate) {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!predicate(entries_[i].entry)) continue;
      entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(i));
      in_turn_ = 0;
      count_on();
      return true;
    }
    return false;
  }

 private:
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  struct Place {
    Entry entry;
    std::uint64_t yielded;  // how many overtakings there had been then; kNever if it did not
  };
  bool lets_others_go_first(std::size_t index) const { return entries_[index].yielded == overtakings_; }

  /// Counts the entries that follow those in turn, up to the first that yielded; that one only if it is the oldest.
  void count_on() {
    if (entries_.empty()) return;
    if (in_turn_ == 0) in_turn_ = 1;
    if (in_turn_ == 1 && lets_others_go_first(0)) return;
    while (in_turn_ < entries_.size() && !lets_others_go_first(in_turn_)) ++in_turn_;
  }

  std::deque<Place> entries_;
  std::size_t in_turn_ = 0;
  std::uint64_t overtakings_ = 0;
};

}  // namespace corokit::sim
