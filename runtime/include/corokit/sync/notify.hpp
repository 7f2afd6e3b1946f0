#pragma once
#include <corokit/detail/sync/lock.hpp>
#include <corokit/detail/sync/wait_list.hpp>
#include <corokit/detail/task/awaiter.hpp>

#include <cassert>
#include <memory>
#include <stdexcept>
#include <utility>

namespace corokit {

namespace detail {
class NotifiedAwaiter;
class OwnedNotifiedAwaiter;
}  // namespace detail

/// Wakes tasks, and transfers no data. It remembers one notification that found no waiter:
///
///     while (!ready()) co_await notify.notified();     // the other side makes it ready, then calls notify_one()
///
/// To wait for a condition that notify_waiters() announces, make the wait first, then check the condition, and then
/// await the wait: it misses no notify_waiters() after it was made. If notify_one() announces the condition, and
/// several tasks wait, put the wait into the queue before the check:
///
///     auto wait = notify.notified();
///     wait.enable();
///     if (!ready()) co_await wait;
///
/// Requires: the Notify outlives all waits.
/// Thread-safety: may be called at once from any thread, except for construction and destruction.
/// Complexity: 32 bytes; without waiters every call is one compare-and-swap.
/// Source: tokio's Notify.
class Notify {
 public:
  Notify() noexcept = default;
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;
  /// Waits until a notify call that has already woken its waiter has left the lock.
  ~Notify() {
    const detail::Locked last(lock_);
    assert(waiters_.empty() && "corokit: a Notify was destroyed while a task waits for it");
  }

  /// Waits in the queue for a notification. It takes a remembered one at once.
  ///
  /// Resumes: on the awaiting task's executor; never inside the notifying call.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait loses its place in the queue; a notification that notify_one() or notify_last() has
  ///   given it goes to the next waiter in their order, or is remembered.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::NotifiedAwaiter notified() noexcept;
  /// As notified(), for a wait that keeps the Notify alive. Throws: std::invalid_argument if `notify` is null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as notified().
  [[nodiscard]] static detail::OwnedNotifiedAwaiter notified_owned(std::shared_ptr<Notify> notify);

  /// Wakes the waiter that has waited longest. If there is none, the notification is remembered for the next wait;
  /// several such notifications count as one.
  void notify_one() noexcept { notify(Pick::oldest); }
  /// As notify_one(), but wakes the waiter that came last.
  void notify_last() noexcept { notify(Pick::newest); }
  /// Wakes all waiters, and completes every wait that was made but has not begun. It remembers nothing, and leaves a
  /// remembered notification as it is.
  void notify_waiters() noexcept;

 private:
  friend class detail::NotifiedAwaiter;
  using Word = std::uint64_t;
  /// The low bits of the number of notify_waiters() calls, as a wait keeps them. A wait overlooks these calls only if
  /// exactly 2^32 of them, or a multiple of that, come before it is awaited.
  using Epoch = std::uint32_t;
  enum class Pick : std::uint8_t { oldest, newest };
  /// What ended a wait.
  enum class Grant : std::uint8_t {
    none,
    oldest,  ///< one notification, given to the oldest waiter or remembered
    newest,  ///< one notification, given to the newest waiter
    all,     ///< notify_waiters()
  };

  // Values of state_: the number of notify_waiters() calls so far, above two flags of which at most one is set.
  static constexpr Word kRemembered = 1;  // a notification is remembered for the next wait
  static constexpr Word kWaiting = 2;     // the queue is not empty, so a notification needs the lock; set and
                                          // cleared under the lock, which then guards the whole word
  static constexpr Word kEpoch = 4;       // one notify_waiters() call

  void notify(Pick pick) noexcept;
  void notify_locked(Pick pick, detail::WakeBatch& batch, const detail::Locked&) noexcept;
  Grant take(Epoch epoch) noexcept;
  bool enqueue(detail::NotifiedAwaiter& waiter) noexcept;
  bool is_granted(const detail::NotifiedAwaiter& waiter) noexcept;
  bool attach(detail::NotifiedAwaiter& waiter) noexcept;
  void abandon(detail::NotifiedAwaiter& waiter) noexcept;
  void clear_if_empty_locked(const detail::Locked&) noexcept;
  static Epoch epoch_of(Word word) noexcept { return static_cast<Epoch>(word / kEpoch); }
  Epoch epoch() const noexcept {
    // [notify] acquire: a thread that makes a wait after notify_waiters() sees what that call announces.
    return epoch_of(state_.load(std::memory_order_acquire));
  }

  detail::Atomic<Word> state_{0};
  detail::Lock lock_;
  detail::WaitList waiters_;
};

namespace detail {

class NotifiedAwaiter : public Awaiter<NotifiedAwaiter, WaitNode> {
 public:
  static constexpr const char* kName = "Notify::notified";

  explicit NotifiedAwaiter(Notify& notify) noexcept : epoch_(notify.epoch()), notify_(&notify) {}
  NotifiedAwaiter(NotifiedAwaiter&& other) noexcept
      : Awaiter(other), epoch_(other.epoch_), notify_(other.notify_) {
    assert(!other.begun_ && "corokit: a wait must not be moved once it is enabled");
  }
  ~NotifiedAwaiter() {
    if (begun_) notify_->abandon(*this);
  }

  /// Puts the wait into the queue before it is awaited. From here on it must not be moved. A second call has no effect.
  /// Returns: true if the wait has been notified, in which case a co_await does not suspend.
  /// Thread-safety: the awaiting task's own thread.
  /// Complexity: O(1).
  bool enable() noexcept {
    if (begun_) return notify_->is_granted(*this);
    begun_ = true;
    return !notify_->enqueue(*this);
  }

  bool try_complete() noexcept {
    if (begun_) return notify_->is_granted(*this);
    grant_ = notify_->take(epoch_);
    return begun_ = grant_ != Notify::Grant::none;
  }
  bool suspend() noexcept {
    if (std::exchange(begun_, true)) return notify_->attach(*this);
    is_attached_ = true;
    return notify_->enqueue(*this);
  }
  void await_resume() noexcept { begun_ = false; }

 private:
  friend class corokit::Notify;

  // The small members come first: they fill the unused rest of the node's last word.
  bool begun_ = false;                         // the wait has begun, and is not over
  Notify::Grant grant_ = Notify::Grant::none;  // guarded by the lock of the Notify while in the queue
  bool is_attached_ = false;                   // a task awaits it, and must be woken; guarded likewise
  Notify::Epoch epoch_;                        // the epoch in which the wait was made
  Notify* notify_;
};
static_assert(sizeof(NotifiedAwaiter) <= 5 * sizeof(void*));

/// A base class, so that the owner is destroyed after the wait.
struct NotifyOwner {
  explicit NotifyOwner(std::shared_ptr<Notify> owned) noexcept : owner(std::move(owned)) {}
  std::shared_ptr<Notify> owner;
};

class OwnedNotifiedAwaiter : NotifyOwner, public NotifiedAwaiter {
 public:
  explicit OwnedNotifiedAwaiter(std::shared_ptr<Notify> notify) noexcept
      : NotifyOwner(std::move(notify)), NotifiedAwaiter(*owner) {}
  OwnedNotifiedAwaiter(OwnedNotifiedAwaiter&& other) noexcept
      : NotifyOwner(other.owner), NotifiedAwaiter(std::move(other)) {}
};

}  // namespace detail

inline detail::NotifiedAwaiter Notify::notified() noexcept {
  return detail::NotifiedAwaiter(*this);
}

inline detail::OwnedNotifiedAwaiter Notify::notified_owned(std::shared_ptr<Notify> notify) {
  if (!notify) throw std::invalid_argument("corokit: the pointer to the Notify is null");
  return detail::OwnedNotifiedAwaiter(std::move(notify));
}

}  // namespace corokit
