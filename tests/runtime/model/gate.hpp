#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/task/wait_report.hpp>

#include <cstddef>
#include <utility>

#include "explorer/explore.hpp"

namespace corokit::model {

/// One branch at a time waits here, for one wake-up.
class Gate {
 public:
  class Wait : public detail::Awaiter<Wait> {
   public:
    static constexpr const char* kName = "Gate";
    explicit Wait(Gate& gate) noexcept : gate_(&gate) {}
    ~Wait() {
      if (!waiting_) return;
      detail::Locked locked(gate_->lock_);
      gate_->waiter_ = nullptr;
    }
    Wait(const Wait&) = default;
    static bool try_complete() noexcept { return false; }
    bool suspend() noexcept {
      gate_->waits_.set(gate_->waits_.get() + 1);
      detail::Locked locked(gate_->lock_);
      if (std::exchange(gate_->open_, false)) return false;
      gate_->waiter_ = &branch();
      return waiting_ = true;
    }
    void describe(detail::WaitReport& report) const {
      report.more(static_cast<std::size_t>(gate_->waits_.get()));
    }
    void await_resume() noexcept { waiting_ = false; }

   private:
    Gate* gate_;
    bool waiting_ = false;
  };

  Wait wait() noexcept { return Wait(*this); }
  /// Wakes the branch that waits, or lets the one that comes later pass. Calls `before` first.
  /// If a branch waits, `before` is called without the lock, so that only the wake-up orders it.
  template <class F>
  void open(F before) {
    detail::Locked locked(lock_);
    detail::Branch* waiter = std::exchange(waiter_, nullptr);
    if (!waiter) {
      before();
      open_ = true;
      return;
    }
    locked.unlock();
    before();
    detail::schedule(mark_ready(*waiter));
  }
  void open() {
    open([] {});
  }

 private:
  Plain<int> waits_{0};  // written by each wait that begins, and read by each report of one
  detail::Lock lock_;
  bool open_ = false;
  detail::Branch* waiter_ = nullptr;
};

}  // namespace corokit::model
