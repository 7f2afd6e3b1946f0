#pragma once
// The smallest primitive: tasks wait until the gate is opened, for ever if it is not.
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/task/awaiter.hpp>

#include <cstddef>

namespace corokit::test {

/// A gate is opened once, by any thread. A wait that begins later does not suspend.
class Gate {
 public:
  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  void open() noexcept {
    detail::WakeBatch batch;  // flushed after the lock
    detail::Locked locked(lock_);
    open_ = true;
    while (detail::WaitNode* node = waiters_.pop_front()) batch.add(*node->branch);
    locked.unlock();
    batch.flush();
  }
  /// Returns: the number of tasks that wait.
  std::size_t waiting() {
    detail::Locked locked(lock_);
    std::size_t count = 0;
    for (detail::WaitNode* node = waiters_.front(); node; node = node->next) ++count;
    return count;
  }

  class Wait : public detail::Awaiter<Wait> {
   public:
    static constexpr const char* kName = "Gate::wait";
    explicit Wait(Gate& gate) noexcept : gate_(gate) {}
    Wait(Wait&& other) noexcept : detail::Awaiter<Wait>(other), gate_(other.gate_) {}
    ~Wait() {
      detail::Locked locked(gate_.lock_);
      if (node_.linked) gate_.waiters_.remove(node_);
    }
    bool try_complete() noexcept {
      detail::Locked locked(gate_.lock_);
      return gate_.open_;
    }
    bool suspend() noexcept {
      detail::Locked locked(gate_.lock_);
      if (gate_.open_) return false;
      node_.branch = &branch();
      gate_.waiters_.push_back(node_);
      return true;
    }
    void await_resume() const noexcept {}

   private:
    Gate& gate_;
    detail::WaitNode node_;
  };

  Wait wait() noexcept { return Wait(*this); }

 private:
  detail::Lock lock_;
  bool open_ = false;
  detail::WaitList waiters_;
};

}  // namespace corokit::test
