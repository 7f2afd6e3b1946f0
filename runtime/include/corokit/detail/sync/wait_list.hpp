#pragma once
#include <corokit/detail/task/branch.hpp>

namespace corokit::detail {

/// A place in a primitive's queue of waiters. It stands in the awaiter, and so in the waiting coroutine's frame. The
/// primitive's lock guards all of it.
struct WaitNode {
  WaitNode* prev = nullptr;
  WaitNode* next = nullptr;
  Branch* branch = nullptr;
  bool linked = false;

  WaitNode() noexcept = default;
  WaitNode(const WaitNode&) noexcept {}  // a copy has not begun to wait
  WaitNode& operator=(const WaitNode&) = delete;
};

/// An intrusive, doubly linked, first-in, first-out queue of waiters. Every call needs the primitive's lock.
/// Complexity: O(1) for every call.
class WaitList {
 public:
  WaitList() noexcept = default;
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  bool empty() const noexcept { return first_ == nullptr; }
  WaitNode* front() const noexcept { return first_; }
  WaitNode* back() const noexcept { return last_; }

  void push_back(WaitNode& node) noexcept {
    node.prev = last_;
    node.next = nullptr;
    (last_ ? last_->next : first_) = &node;
    last_ = &node;
    node.linked = true;
  }

  void remove(WaitNode& node) noexcept {
    (node.prev ? node.prev->next : first_) = node.next;
    (node.next ? node.next->prev : last_) = node.prev;
    node.prev = node.next = nullptr;
    node.linked = false;
  }

  /// Requires: every waiter has its branch.
  WaitNode* pop_front() noexcept {
    WaitNode* node = first_;
    if (!node) return nullptr;
    remove(*node);
    if (first_) __builtin_prefetch(first_->branch, 1);  // if many are woken, the next branch is a cache miss
    return node;
  }

 private:
  WaitNode* first_ = nullptr;
  WaitNode* last_ = nullptr;
};

}  // namespace corokit::detail
