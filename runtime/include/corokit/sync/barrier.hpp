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

/// What a wait at a Barrier gives.
class BarrierResult {
 public:
  explicit BarrierResult(bool is_leader) noexcept : is_leader_(is_leader) {}
  /// True for exactly one of a generation: who came last.
  bool is_leader() const noexcept { return is_leader_; }

 private:
  bool is_leader_;
};

/// Lets tasks go on once `parties` of them have come, generation after generation:
///
///     if ((co_await barrier.wait()).is_leader()) publish();
///
/// With 0 or 1 parties nobody ever waits, and everybody leads.
/// Requires: it outlives those who wait.
/// Thread-safety: may be called at once from any thread, except for construction and destruction.
/// Complexity: 40 bytes; no allocation.
/// Source: tokio's Barrier.
class Barrier {
 public:
  explicit Barrier(std::size_t parties) noexcept : parties_(parties) {}
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;
  /// Waits for an arrival that has already woken its generation but not yet left the lock.
  ~Barrier() {
    const detail::Locked last(lock_);
    assert(line_.empty() && "corokit: destroyed while somebody waits");
  }

  /// Arrives, and waits for the others.
  ///
  /// Resumes: on the awaiting task's executor; never inside another one's arrival.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait takes its arrival back, unless its generation was complete; the part of a
  ///   leader that is dropped before it goes on is lost.
  /// Complexity: O(1), for who comes last O(parties); no allocation.
  [[nodiscard]] detail::BarrierAwaiter wait() noexcept;

 private:
  friend class detail::BarrierAwaiter;

  /// Returns: true if that completes the generation, which is woken; else nothing has changed.
  bool complete_locked(detail::WakeBatch& batch, const detail::Locked&) noexcept;
  bool try_arrive() noexcept;
  /// Returns: true if it waits now; false if it came last.
  bool arrive(detail::WaitNode& node) noexcept;
  void withdraw(detail::WaitNode& node) noexcept;

  const std::size_t parties_;
  detail::Lock lock_;
  std::size_t waiting_ = 0;  // length of the line
  detail::WaitList line_;    // this generation's
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
