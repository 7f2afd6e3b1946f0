#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/task/awaiter.hpp>

#include <cassert>
#include <cstddef>

namespace corokit {

namespace detail {
class BarrierAwaiter;
}  // namespace detail

/// The result of a wait at a Barrier.
class BarrierResult {
 public:
  /// For Barrier::wait().
  explicit BarrierResult(bool is_leader) noexcept : is_leader_(is_leader) {}
  /// Returns: true for exactly one wait of each generation, the one that came last.
  bool is_leader() const noexcept { return is_leader_; }

 private:
  bool is_leader_;
};

/// Lets tasks go on once `parties` of them have arrived, generation after generation:
///
///     if ((co_await barrier.wait()).is_leader()) publish();
///
/// With 0 or 1 parties no task ever waits, and each one is a leader.
///
/// Requires: the barrier outlives all waits.
/// Thread-safety: may be called at once from any thread, except for construction and destruction.
/// Complexity: 40 bytes; no allocation.
/// Source: tokio's Barrier.
class Barrier {
 public:
  /// Makes a barrier that lets tasks go on in groups of `parties`.
  explicit Barrier(std::size_t parties) noexcept : parties_(parties) {}
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;
  /// Waits until an arrival that has already woken its generation has left the lock.
  ~Barrier() {
    const detail::Locked last(lock_);
    assert(waiters_.empty() && "corokit: a Barrier was destroyed while a task waits at it");
  }

  /// Arrives, and waits for the other parties.
  ///
  /// Resumes: on the awaiting task's executor; never inside the arrival of another task.
  /// Returns: whether this wait is the leader of its generation.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait takes its arrival back, unless its generation is complete. If the leader is dropped
  ///   before it goes on, its generation has no leader.
  /// Complexity: O(1), and O(parties) for the last arrival; no allocation.
  [[nodiscard]] detail::BarrierAwaiter wait() noexcept;

 private:
  friend class detail::BarrierAwaiter;

  /// Wakes the generation if one more arrival completes it. Returns: false, without any change, if it does not.
  bool complete_locked(detail::WakeBatch& batch, const detail::Locked&) noexcept;
  bool try_arrive() noexcept;
  /// Returns: true if the node waits now; false if it came last.
  bool arrive(detail::WaitNode& node) noexcept;
  void withdraw(detail::WaitNode& node) noexcept;

  const std::size_t parties_;
  detail::Lock lock_;
  std::size_t waiting_ = 0;   // the length of waiters_
  detail::WaitList waiters_;  // the waits of this generation
};

namespace detail {

class BarrierAwaiter : public Awaiter<BarrierAwaiter> {
 public:
  static constexpr const char* kName = "Barrier::wait";

  explicit BarrierAwaiter(Barrier& barrier) noexcept : barrier_(&barrier) {}
  BarrierAwaiter(BarrierAwaiter&& other) noexcept : Awaiter(other), barrier_(other.barrier_) {}
  ~BarrierAwaiter() {
    if (waits_) barrier_->withdraw(node_);
  }

  bool try_complete() noexcept { return is_leader_ = barrier_->try_arrive(); }
  bool suspend() noexcept {
    node_.branch = &branch();
    waits_ = barrier_->arrive(node_);
    is_leader_ = !waits_;
    return waits_;
  }
  BarrierResult await_resume() noexcept {
    waits_ = false;
    return BarrierResult(is_leader_);
  }

 private:
  Barrier* barrier_;
  WaitNode node_;
  bool waits_ = false;
  bool is_leader_ = false;
};

}  // namespace detail

inline detail::BarrierAwaiter Barrier::wait() noexcept {
  return detail::BarrierAwaiter(*this);
}

}  // namespace corokit
