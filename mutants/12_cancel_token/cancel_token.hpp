#pragma once
#include <12_cancel_token/given.hpp>

#include <atomic>
#include <memory>
#include <mutex>

namespace mini {

/// Asks tasks to stop. Copies are the same token; a child is cancelled with its parent, and not the other way round.
/// All functions may be called on any thread.
class CancelToken {
  struct Node;

 public:
  struct Cancelled;

  /// A token that has no parent.
  CancelToken() : node_(std::make_shared<Node>(nullptr)) {}

  /// Returns: a new token, which is cancelled when this one is: at once if it has been cancelled already.
  CancelToken child() const { return CancelToken(std::make_shared<Node>(node_)); }

  /// Cancels this token and all below it, and wakes those who wait. Another call changes nothing.
  void cancel() const noexcept {
    const std::lock_guard lock(node_->tree);
    node_->cancel_locked();
  }

  bool is_cancelled() const noexcept { return node_->cancelled; }

  /// co_await token.cancelled() waits until the token is cancelled. Requires: the token outlives the wait.
  Cancelled cancelled() const noexcept { return Cancelled(*node_); }

 private:
  explicit CancelToken(std::shared_ptr<Node> node) noexcept : node_(std::move(node)) {}

  // A node keeps those above it, so that a cancel comes down through nodes whose tokens are gone.
  struct Node {
    explicit Node(std::shared_ptr<Node> the_parent)
        : parent(std::move(the_parent)), tree(parent ? parent->tree : mutex) {
      if (!parent) return;
      const std::lock_guard lock(tree);
      cancelled = parent->cancelled.load();  // under the lock: it is cancelled before, or finds this child
      next = parent->children;
      if (next) next->previous = this;
      parent->children = this;
    }
    ~Node() {
      if (!parent) return;
      const std::lock_guard lock(tree);
      (previous ? previous->next : parent->children) = next;
      if (next) next->previous = previous;
    }

    void cancel_locked() noexcept {
      if (cancelled.exchange(true)) return;  // and so are those below it
      while (Waiter* const oldest = waiters.pop_front()) oldest->job->wake();
      for (Node* child = children; child; child = child->next) child->cancel_locked();
    }

    const std::shared_ptr<Node> parent;
    std::mutex mutex;  // only that of the root is used
    std::mutex& tree;  // guards what follows, in all nodes of the tree
    std::atomic<bool> cancelled = false;
    Waiters waiters;  // none if it is cancelled
    Node* children = nullptr;
    Node* previous = nullptr;  // in its parent's list of children
    Node* next = nullptr;
  };

 public:
  /// A wait. As in Notify, whoever was woken, or is dropped, takes the lock once before it goes on.
  struct [[nodiscard]] Cancelled : Waiter {
    explicit Cancelled(Node& the_node) noexcept : node(the_node) {}
    ~Cancelled() {
      if (!job) return;
      const std::lock_guard lock(node.tree);
      if (linked) node.waiters.remove(*this);
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) noexcept {
      const std::lock_guard lock(node.tree);
      if (node.cancelled) return false;
      job = &suspend_in(here);
      node.waiters.push_back(*this);
      return true;
    }
    void await_resume() noexcept {
      if (!job) return;
      const std::lock_guard lock(node.tree);
      job = nullptr;
    }

    Node& node;
  };

 private:
  std::shared_ptr<Node> node_;
};

}  // namespace mini
