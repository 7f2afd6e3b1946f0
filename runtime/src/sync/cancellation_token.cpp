#include <corokit/sync/cancellation_token.hpp>

namespace corokit::detail {

/// A root and the lock of its tree, in one allocation, which stays until the last node of the tree is destroyed.
struct CancelTree {
  Lock lock;
  std::size_t nodes = 1;  // guarded by the lock
  CancelNode root{*this};
};

CancelNode* CancelNode::make_root() {
  return &(new CancelTree)->root;
}

CancelNode* CancelNode::make_child() {
  auto* child = new CancelNode(*tree);
  const Locked locked(tree->lock);
  ++tree->nodes;
  // Relaxed: the parent's flag is set under this lock, so what cancel() publishes reaches this thread through the lock;
  // any other thread that reads the child's flag has the token from this thread.
  if (cancelled.load(std::memory_order_relaxed))
    child->cancelled.store(true, std::memory_order_relaxed);
  else
    link_locked(*child, locked);
  return child;
}

void CancelNode::cancel() noexcept {
  if (is_cancelled()) return;
  WakeBatch batch;
  // A task that is woken may drop the last token. The nodes stay until the unlock, since destroy() needs the lock too.
  const Locked locked(tree->lock);
  if (cancelled.load(std::memory_order_relaxed)) return;  // relaxed: it is set under this lock
  // All nodes are marked before any waiter is woken, so that a waiter that runs finds the ancestors cancelled as well.
  for (CancelNode* detached = detach_subtree_locked(locked); detached;) {
    CancelNode* following = std::exchange(detached->next, nullptr);
    const Locked waiters_locked(detached->lock);
    while (WaitNode* waiter = detached->waiters.pop_front()) batch.add(*waiter->branch);
    detached = following;
  }
}

/// Marks this node and its descendants as cancelled, each one after its own descendants, and unlinks them all.
/// Returns: the nodes, linked through `next`, with this node first.
CancelNode* CancelNode::detach_subtree_locked(const Locked& locked) noexcept {
  CancelNode* detached = nullptr;
  for (CancelNode* node = this;;) {
    while (node->first_child) node = node->first_child;
    CancelNode* above = node->parent;
    node->unlink_locked(locked);
    // [cancel] release: publishes what the caller did before. Pairs with: [cancel] acquire in is_cancelled().
    node->cancelled.store(true, std::memory_order_release);
    node->next = detached;
    detached = node;
    if (node == this) return detached;
    node = above;
  }
}

bool CancelNode::enqueue(WaitNode& waiter) noexcept {
  const Locked locked(lock);
  // cancel() sets the flag, and then takes this lock to wake the waiters. So either this thread sees the flag, or
  // cancel() sees the waiter.
  if (is_cancelled()) return false;
  waiters.push_back(waiter);
  return true;
}

void CancelNode::abandon(WaitNode& waiter) noexcept {
  const Locked locked(lock);
  if (waiter.linked) waiters.remove(waiter);
}

void CancelNode::destroy() noexcept {
  assert(waiters.empty());  // each waiter holds a handle
  CancelTree* const home = tree;
  bool was_last = false;
  {
    const Locked locked(home->lock);
    CancelNode* const new_parent = parent;
    unlink_locked(locked);
    while (CancelNode* child = first_child) {
      child->unlink_locked(locked);
      if (new_parent) new_parent->link_locked(*child, locked);
    }
    was_last = --home->nodes == 0;
  }
  if (this != &home->root) delete this;
  if (was_last) delete home;
}

void CancelNode::link_locked(CancelNode& child, const Locked&) noexcept {
  child.parent = this;
  child.next = first_child;
  if (first_child) first_child->prev = &child;
  first_child = &child;
}

void CancelNode::unlink_locked(const Locked&) noexcept {
  if (!parent) return;
  (prev ? prev->next : parent->first_child) = next;
  if (next) next->prev = prev;
  parent = prev = next = nullptr;
}

}  // namespace corokit::detail
