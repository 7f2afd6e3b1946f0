#pragma once
#include <03_block_on/block_on.hpp>

namespace mini {

/// A task that waits for something: a node in a list of Waiters. It stands in the frame of the coroutine that waits, so
/// that waiting allocates nothing; and it is gone when that coroutine goes on, or is destroyed.
struct Waiter {
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  Job* job = nullptr;   // whom to wake; null while it does not wait
  bool linked = false;  // it stands in a list
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
};

/// Those who wait, the oldest first. No call takes longer in a longer list. It has no lock of its own.
class Waiters {
 public:
  bool empty() const noexcept { return !first_; }
  /// Returns: the oldest; null if there is none.
  Waiter* front() const noexcept { return first_; }

  void push_back(Waiter& waiter) noexcept {
    waiter.linked = true;
    waiter.previous = last_;
    waiter.next = nullptr;
    (last_ ? last_->next : first_) = &waiter;
    last_ = &waiter;
  }

  /// Takes the oldest out. Returns: it; null if there is none.
  Waiter* pop_front() noexcept {
    Waiter* const oldest = first_;
    if (oldest) remove(*oldest);
    return oldest;
  }

  /// Takes `waiter` out, wherever it stands. Requires: it is in this list.
  void remove(Waiter& waiter) noexcept {
    (waiter.previous ? waiter.previous->next : first_) = waiter.next;
    (waiter.next ? waiter.next->previous : last_) = waiter.previous;
    waiter.linked = false;
  }

 private:
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

}  // namespace mini
