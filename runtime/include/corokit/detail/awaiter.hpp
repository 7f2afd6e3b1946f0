#pragma once
#include <corokit/detail/turn.hpp>

#include <concepts>
#include <coroutine>

namespace corokit::detail {

struct AwaiterTag {};

/// The base of everything a coroutine of ours can wait for that is not itself a coroutine.
///
/// A primitive derives and gives:
///   static constexpr const char* kName   what a deadlock report calls the wait, "Semaphore::acquire"
///   bool try_complete()                  the fast path, without a lock if it can: true if the wait is over
///   bool suspend()                       links the wait node under the primitive's lock; false if it turned
///   out
///                                        to be over (the lock was free by now)
///   R await_resume()                     the result; runs once, after true, after false, or after the
///   wake-up a destructor                         unlinks under the lock what is still linked, and passes on
///   what was
///                                        granted and never taken: that is what makes dropping safe
///   a move constructor                   used only before the wait has begun
///
/// One awaiter serves one wait. It is woken at most once: mark_ready() under the primitive's lock. A wait
/// that is over at once still costs one unit of the task's budget; when that is spent the task gives way
/// first, with the result already granted.
template <class Derived>
class Awaiter : public AwaiterTag {
 public:
  /// Says which strand waits. Called by await_transform, select, join and the like.
  void bind(Strand& strand) noexcept { strand_ = &strand; }

  bool await_ready() {
    if (!self().try_complete()) return false;
    complete_ = true;
    return strand_->task->turn->spend();
  }

  /// `leaf`: the coroutine to resume; null in a branch that has none.
  bool await_suspend(std::coroutine_handle<> leaf) {
    strand_->leaf = leaf;
    Turn& turn = *strand_->task->turn;
    if (complete_) {
      turn.defer(*strand_);
      return true;
    }
    if (TurnObserver* observer = turn.context.observer) observer->on_block(turn.task, Derived::kName);
    return self().suspend();
  }

 protected:
  Awaiter() noexcept = default;
  Awaiter(const Awaiter&) noexcept {}  // a copy or a moved-to awaiter has not begun to wait
  Awaiter& operator=(const Awaiter&) = delete;
  ~Awaiter() = default;

  Strand& strand() const noexcept { return *strand_; }
  Turn& turn() const noexcept { return *strand_->task->turn; }

 private:
  Derived& self() noexcept { return static_cast<Derived&>(*this); }

  Strand* strand_ = nullptr;
  bool complete_ = false;
};

template <class A>
concept IsAwaiter = std::derived_from<std::remove_cvref_t<A>, AwaiterTag>;

/// Types that are not awaiters but make one: JoinHandle, a Receiver…
template <class A>
concept MakesAwaiter = requires(A&& a) {
  { std::forward<A>(a).operator co_await() } -> IsAwaiter;
};

}  // namespace corokit::detail
