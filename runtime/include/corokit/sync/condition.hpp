#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/detail/sync/batch_semaphore.hpp>
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/detail/task/combinator.hpp>
#include <corokit/detail/task/operand.hpp>
#include <corokit/detail/value_rules.hpp>
#include <corokit/sync/mutex.hpp>

#include <cassert>
#include <cstdint>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace corokit {

class Condition;

namespace detail {
template <class T, class Ref, class F>
class ConditionUntil;

/// A wait at a Condition, whatever its mutex guards: a place in the queue of the Condition, and after the notification
/// one in the queue of the mutex.
class ConditionWait : WaitNode {
 public:
  ConditionWait(Condition& condition, BatchSemaphore& mutex) noexcept
      : condition_(&condition), lock_(mutex, 1) {}
  // NOLINTNEXTLINE(bugprone-copy-constructor-init): a copy has not begun to wait.
  ConditionWait(const ConditionWait& other) noexcept
      : WaitNode(), condition_(other.condition_), lock_(other.lock_) {}
  ConditionWait& operator=(const ConditionWait&) = delete;
  ~ConditionWait() = default;

  /// Joins the queue of the Condition.
  void begin(Branch& waiting) noexcept;
  /// Ends a wait that has begun and is dropped.
  void abandon() noexcept;
  /// Call it after the wait: the caller has the lock now.
  void finish() noexcept { lock_.finish(); }
  /// For a report: takes the lock if the wait was notified and the mutex is free.
  bool could_end() noexcept { return grant_ != Grant::none && lock_.try_complete(); }

 private:
  friend class corokit::Condition;
  /// What ended the first part of a wait.
  enum class Grant : std::uint8_t {
    none,
    one,  ///< notify_one()
    all,  ///< notify_all()
  };

  Grant grant_ = Grant::none;  // guarded by the lock of the Condition
  Condition* condition_;
  SemaphoreWait lock_;  // begun by whoever notifies; from then on it wakes the branch
};

}  // namespace detail

/// Lets tasks wait until the value of a Mutex has changed as they need it:
///
///     Mutex<std::deque<Job>> jobs;
///     Condition not_empty;
///
///     auto guard = co_await jobs.lock();                            // a task that needs a job
///     guard = co_await not_empty.wait(std::move(guard), [](auto& queue) { return !queue.empty(); });
///
///     (co_await jobs.lock())->push_back(job);                       // a task that has one
///     not_empty.notify_one();
///
/// A wait joins the queue before it gives the lock away, so no notification is lost in between: a task that changes the
/// value after a wait has looked at it finds the wait in the queue. This is why the value must be changed under the
/// lock; notify_one() and notify_all() may be called with the lock or, as above, without it. A Condition remembers no
/// notification: without a waiter, notify_one() does nothing.
///
/// Waits are served first come, first served. A notification moves a wait from the queue of the Condition to that of
/// its mutex, behind the tasks that queue there already, and the task is woken once, when it has the lock. So
/// notify_all() wakes no task that would only wait for the lock. No wait ends without a notification; but the tasks
/// that had the lock in between may have changed the value again, so give the predicate, or look again.
///
/// Waits with the same Condition may have guards of different mutexes: each locks its own again. A task that only waits
/// for an event, and guards nothing, has Notify.
///
/// Requires: the Condition outlives all waits, and the mutexes outlive the waits with their guards (an OwnedMutexGuard
///   keeps its mutex alive).
/// Thread-safety: may be called at once from any thread, except for construction and destruction.
/// Complexity: 24 bytes; no allocation of its own.
/// Source: std::condition_variable_any (names); the futex of Linux, which moves waiters to the lock (FUTEX_REQUEUE).
class Condition {
 public:
  Condition() noexcept = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
  /// Waits until a notify call that has already woken its waiter has left the lock.
  ~Condition() {
    const detail::Locked last(lock_);
    assert(waiters_.empty() && "corokit: a Condition was destroyed while a task waits for it");
  }

  /// Unlocks the mutex of `guard`, waits for a notification, and locks the mutex again. The lock is held until the wait
  /// is awaited.
  ///
  /// Resumes: on the awaiting task's executor; never inside the call that notifies or unlocks.
  /// Returns: a guard of the same mutex.
  /// Throws: std::invalid_argument if `guard` holds no mutex, because it was moved from.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait does not hold the lock, whatever it was waiting for: to use the value again, lock
  ///   the mutex. A notification of notify_one() that it was given goes to the next waiter, if there is one; a lock
  ///   that it was given goes to the next task that waits for the mutex. So a timeout() of the wait gives it a time
  ///   limit, in which the time for the lock counts too.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  template <class T, class Ref>
  [[nodiscard]] detail::ConditionAwaiter<T, Ref> wait(BasicMutexGuard<T, Ref> guard);

  /// As wait(guard), until `predicate(value)` is true. The predicate is called with the lock held, in the awaiting
  /// task, and for the first time before any wait. If the mutex guards no value, it has no parameter.
  ///
  /// Returns: a guard of the same mutex. Nobody had the lock since the predicate was true.
  /// Throws: as wait(guard); what the predicate throws, in which case the lock is not held, and a notification of
  ///   notify_one() goes to the next waiter.
  /// Thread-safety: as wait(guard).
  /// Cancel-safety: as wait(guard).
  /// Complexity: O(1) for each notification; no allocation.
  template <class T, class Ref, class F>
  [[nodiscard]] detail::ConditionUntil<T, Ref, F> wait(BasicMutexGuard<T, Ref> guard, F predicate);

  /// Lets the wait that began first go on, once it has its lock. Without a waiter it does nothing.
  /// Complexity: O(1).
  void notify_one() noexcept;
  /// Lets all waits go on, in the order in which they began, as each has its lock.
  /// Complexity: O(n) for n waiters.
  void notify_all() noexcept;

 private:
  friend class detail::ConditionWait;
  using Wait = detail::ConditionWait;

  /// Notifies the first waiter. Returns: false if there is none.
  bool notify_locked(Wait::Grant grant, detail::WakeBatch& batch, const detail::Locked&) noexcept;

  detail::Lock lock_;
  detail::WaitList waiters_;  // the waits that were not notified
};

namespace detail {

template <class T, class Ref>
class ConditionAwaiter : public Awaiter<ConditionAwaiter<T, Ref>> {
  using Guard = BasicMutexGuard<T, Ref>;

 public:
  static constexpr const char* kName = "Condition::wait";
  /// A wait always suspends, and gives the lock away. With a spent budget it must not keep the lock for another turn.
  static constexpr bool needs_budget() noexcept { return false; }

  ConditionAwaiter(Condition& condition, Guard&& guard)
      : mutex_(std::exchange(checked(guard).mutex_, nullptr)), wait_(condition, mutex_->core_) {}
  ConditionAwaiter(ConditionAwaiter&& other) noexcept
      : Awaiter<ConditionAwaiter>(other), mutex_(std::exchange(other.mutex_, nullptr)), wait_(other.wait_) {}
  ~ConditionAwaiter() {
    if (begun_)
      wait_.abandon();
    else if (mutex_)
      mutex_->core_.give(1);
  }

  /// Returns: the guard. Throws: std::invalid_argument if it is empty.
  static Guard& checked(Guard& guard) {
    if (!guard.mutex_) throw std::invalid_argument("corokit: the guard for Condition::wait() holds no mutex");
    return guard;
  }

  bool try_complete() noexcept { return wait_.could_end(); }
  bool suspend() noexcept {
    begun_ = true;
    // The wait is in the queue before the lock is free: a task that changes the value from here on finds it there.
    wait_.begin(this->branch());
    mutex_->core_.give(1);
    return true;
  }
  Guard await_resume() noexcept {
    begun_ = false;
    wait_.finish();
    return Guard(std::exchange(mutex_, nullptr));
  }

 private:
  Ref mutex_;           // null once a guard has it; outlives wait_.abandon()
  bool begun_ = false;  // the lock is given away, and the wait is not over
  ConditionWait wait_;
};

/// A wait with a predicate: one ConditionAwaiter after the other.
template <class T, class Ref, class F>
class ConditionUntil : public Combinator<ConditionUntil<T, Ref, F>> {
  static_assert(is_kept_type<F>());
  using Guard = BasicMutexGuard<T, Ref>;
  using Wait = ConditionAwaiter<T, Ref>;

 public:
  using Step = typename Combinator<ConditionUntil>::Step;
  static constexpr const char* kName = Wait::kName;
  static constexpr bool kKeepsResult = true;  // the notification goes to another waiter

  ConditionUntil(Condition& condition, Guard&& guard, F&& predicate)
      : condition_(condition),
        mutex_(*Wait::checked(guard).mutex_),
        guard_(std::move(guard)),
        predicate_(std::move(predicate)) {}
  ConditionUntil(ConditionUntil&& other) noexcept(std::is_nothrow_move_constructible_v<F>)
      : Combinator<ConditionUntil>(other),
        condition_(other.condition_),
        mutex_(other.mutex_),
        guard_(std::move(other.guard_)),
        predicate_(std::move(other.predicate_)) {}
  ~ConditionUntil() = default;

  Step begin_some() {
    if (this->is_spent()) return Step::gives_way;
    if (is_met()) {
      this->turn().spend();
      return Step::over;
    }
    wait_with(std::move(guard_));
    return Step::waits;
  }
  Guard await_resume() {
    this->throw_failure();
    if (wait_) return wait_->take();
    return std::move(guard_);
  }

 private:
  /// Requires: the lock is held, by the guard or by a wait that is over.
  bool is_met() {
    if constexpr (std::is_void_v<T>)
      return static_cast<bool>(predicate_());
    else
      return static_cast<bool>(predicate_(mutex_.value_));
  }
  void wait_with(Guard guard) {
    wait_.reset();
    wait_.emplace(Wait(condition_, std::move(guard)));
    wait_->template begin<&look>(this->branch(), this);
  }
  /// Looks at the predicate, after a notification. If it holds, the wait keeps the notification until await_resume(),
  /// so that it is passed on if the task is dropped before.
  static void look(ChildBranch& branch) {
    auto& wait = static_cast<OperandBranch<Wait>&>(branch);
    wait.mark_done();
    auto& self = wait.template owner<ConditionUntil>();
    try {
      if (!self.is_met()) return self.wait_with(wait.take());
    } catch (...) {
      self.failure_ = std::current_exception();
      self.wait_.reset();
    }
    self.wake();
  }

  Condition& condition_;
  Mutex<T>& mutex_;
  Guard guard_;  // until the first wait
  F predicate_;
  std::optional<OperandBranch<Wait>> wait_;
};

}  // namespace detail

template <class T, class Ref>
detail::ConditionAwaiter<T, Ref> Condition::wait(BasicMutexGuard<T, Ref> guard) {
  return detail::ConditionAwaiter<T, Ref>(*this, std::move(guard));
}

template <class T, class Ref, class F>
detail::ConditionUntil<T, Ref, F> Condition::wait(BasicMutexGuard<T, Ref> guard, F predicate) {
  return detail::ConditionUntil<T, Ref, F>(*this, std::move(guard), std::move(predicate));
}

}  // namespace corokit
