// Each node has a lock of its own, in place of one for the whole tree. cancel() holds the locks on its way down,
// always the parent's before the child's, so that no two threads wait for each other. A parent has weak pointers to
// its children, in place of a list that they leave, and throws out those that are gone when it gets a new one. What
// that buys: tasks that use different parts of a large tree do not wait for each other. What it costs: a lock for
// each node on the way down, and memory for children that are gone.
#pragma once
#include <12_cancel_token/given.hpp>

#include <memory>
#include <mutex>
#include <vector>

namespace mini {

class CancelToken {
 public:
  class Cancelled;

  CancelToken() : node_(std::make_shared<Node>()) {}

  CancelToken child() const {
    CancelToken born;
    const std::lock_guard lock(node_->mutex);
    if (node_->cancelled) {
      born.node_->cancelled = true;  // nobody else knows it yet
      return born;
    }
    born.node_->parent = node_;
    std::erase_if(node_->children, [](const std::weak_ptr<Node>& child) { return child.expired(); });
    node_->children.push_back(born.node_);
    return born;
  }

  void cancel() const noexcept { node_->cancel(); }

  bool is_cancelled() const noexcept {
    const std::lock_guard lock(node_->mutex);
    return node_->cancelled;
  }

  Cancelled cancelled() const noexcept { return Cancelled(node_); }

 private:
  struct Node {
    void cancel() noexcept {
      const std::lock_guard lock(mutex);
      if (cancelled) return;
      cancelled = true;
      while (Waiter* const oldest = waiters.pop_front()) oldest->job->wake();
      for (const auto& child : children)
        if (const auto alive = child.lock()) alive->cancel();
    }

    std::mutex mutex;
    bool cancelled = false;
    Waiters waiters;
    std::vector<std::weak_ptr<Node>> children;
    std::shared_ptr<Node> parent;  // kept, so that a cancel comes down through it
  };

 public:
  class [[nodiscard]] Cancelled : Waiter {
   public:
    explicit Cancelled(std::shared_ptr<Node> node) noexcept : node_(std::move(node)) {}
    ~Cancelled() {
      const std::lock_guard lock(node_->mutex);
      if (linked) node_->waiters.remove(*this);
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> here) {
      const std::lock_guard lock(node_->mutex);
      if (node_->cancelled) return false;
      job = &suspend_in(here);
      node_->waiters.push_back(*this);
      return true;
    }
    void await_resume() noexcept { const std::lock_guard lock(node_->mutex); }

   private:
    std::shared_ptr<Node> node_;
  };

 private:
  std::shared_ptr<Node> node_;
};

}  // namespace mini
