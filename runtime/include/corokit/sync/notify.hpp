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

/// Wakes tasks, and carries nothing else. It remembers at most one notification that found nobody:
///
///     while (!ready()) co_await notify.notified();     // the other side makes it ready, then notify_one()
///
/// To wait for a condition that notify_waiters() announces, make the wait first, then look, then await it:
/// from its making on it misses no notify_waiters(). If notify_one() announces it, and others wait as well,
/// let the wait join the line before the look:
///
///     auto wait = notify.notified();
///     wait.enable();
///     if (!ready()) co_await wait;
///
/// Requires: it outlives those who wait.
/// Thread-safety: may be called at once from any thread, except for construction and destruction.
/// Complexity: 32 bytes; without waiters every call is one compare-and-swap.
/// Source: tokio's Notify.
class Notify {
 public:
  Notify() noexcept = default;
  Notify(const Notify&) = delete;
  Notify& operator=(const Notify&) = delete;
  /// Waits for a notify call that has already woken its waiter but not yet left the lock.
  ~Notify() {
    const detail::Locked last(lock_);
    assert(waiters_.empty() && "corokit: destroyed while somebody waits");
  }

  /// Waits for a notification, in line. A remembered one is taken at once.
  ///
  /// Resumes: on the awaiting task's executor; never inside the notifying call.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: a dropped wait loses its place; a notification that it was given by notify_one() or
  ///   notify_last() goes to the next in their order, or is remembered.
  /// Complexity: O(1); no allocation (the waiter lives in the awaiting coroutine's frame).
  [[nodiscard]] detail::NotifiedAwaiter notified() noexcept;
  /// The same for a wait that keeps the Notify alive. Throws: std::invalid_argument for null.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: as notified().
  [[nodiscard]] static detail::OwnedNotifiedAwaiter notified_owned(std::shared_ptr<Notify> notify);

  /// Wakes who has waited longest; if nobody waits, the next to come goes through. Several that find nobody
  /// count as one.
  void notify_one() noexcept { notify(Pick::oldest); }
  /// The same for who came last.
  void notify_last() noexcept { notify(Pick::newest); }
  /// Wakes everybody who waits, and completes every wait that exists but has not begun. Remembers nothing,
  /// and leaves a remembered notification alone.
  void notify_waiters() noexcept;

 private:
  friend class detail::NotifiedAwaiter;
  using Word = std::uint64_t;
  /// What a wait keeps of the number of notify_waiters(). Not to see one before it is awaited, it would have to miss
  /// exactly 2^32 of them, or a multiple of that.
  using Epoch = std::uint32_t;
  enum class Pick : std::uint8_t { oldest, newest };
  /// How a wait came to its end.
  enum class Grant : std::uint8_t {
    none,
    oldest,  ///< the one notification, from the front of the line or remembered
    newest,  ///< the one notification, from the back of the line
    all,     ///< notify_waiters()
  };

  // The word: the number of notify_waiters() so far above two flags, of which at most one is set.
  static constexpr Word kRemembered = 1;  // a notification for the next to come
  static constexpr Word kWaiting = 2;     // the line is not empty: who notifies needs the lock. Set and
                                          // cleared under the lock, which then guards the whole word
  static constexpr Word kEpoch = 4;

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
    // [notify] acquire: who makes a wait after notify_waiters() sees what that announces.
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
    assert(!other.begun_ && "corokit: a wait stays where it is once it is enabled");
  }
  ~NotifiedAwaiter() {
    if (begun_) notify_->abandon(*this);
  }

  /// Joins the line now, before it is awaited; from here on it may not be moved. Nothing to do the second time.
  /// Returns: has it been notified? A co_await does not suspend then.
  /// Thread-safety: the awaiting task's own thread. Complexity: O(1).
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

  // The small ones first: they fill what the node leaves of its last word.
  bool begun_ = false;                         // and not over
  Notify::Grant grant_ = Notify::Grant::none;  // guarded by the lock of the Notify while in line
  bool is_attached_ = false;                   // is the branch to be woken? Guarded likewise
  Notify::Epoch epoch_;                        // of its making
  Notify* notify_;
};
static_assert(sizeof(NotifiedAwaiter) <= 5 * sizeof(void*));

/// Dies after the wait.
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
  if (!notify) throw std::invalid_argument("corokit: no Notify to wait for");
  return detail::OwnedNotifiedAwaiter(std::move(notify));
}

}  // namespace corokit
