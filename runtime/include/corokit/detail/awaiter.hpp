#pragma once
#include <corokit/detail/frame_pool.hpp>
#include <corokit/detail/turn.hpp>

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <utility>

namespace corokit::detail {

struct AwaiterTag {};

/// A wait whose task has spent its budget, until it is begun: at the strand's next turn. It stands in Strand::leaf, marked
/// by the lowest bit of the address. Its awaiter owns it.
struct BeginLater : FromFramePool<BeginLater> {
  std::coroutine_handle<> leaf;
  AwaiterTag* awaiter;
  /// Returns: true if the wait is over at once. Frees the BeginLater.
  bool (*begin)(AwaiterTag&, Strand&) noexcept;

  BeginLater(std::coroutine_handle<> leaf_then, AwaiterTag& of,
             bool (*how)(AwaiterTag&, Strand&) noexcept) noexcept
      : leaf(leaf_then), awaiter(&of), begin(how) {}

  std::coroutine_handle<> as_leaf() noexcept {
    return std::coroutine_handle<>::from_address(reinterpret_cast<char*>(this) + 1);
  }
  /// Returns: null if the leaf is a coroutine.
  static BeginLater* in(std::coroutine_handle<> leaf) noexcept {
    const auto word = reinterpret_cast<std::uintptr_t>(leaf.address());
    return word & 1U ? reinterpret_cast<BeginLater*>(word - 1) : nullptr;
  }
};

/// The base of everything a coroutine of ours can wait for that is not itself a coroutine.
///
/// A primitive derives and gives:
///   static constexpr const char* kName   what a deadlock report calls the wait, "Semaphore::acquire"
///   bool try_complete()                  the fast path, without a lock if it can: true if the wait is over
///   bool suspend()                       links the wait node under the primitive's lock; false if it turned out to be
///                                        over (the lock was free by now)
///   R await_resume()                     the result; runs once, after true, after false, or after the wake-up
///   a destructor                         unlinks under the lock what is still linked, and passes on what was granted
///                                        and never taken: that is what makes dropping safe
///   a move constructor                   used only before the wait has begun
///
/// One awaiter serves one wait. It is woken at most once: mark_ready() under the primitive's lock.
///
/// A wait that is over at once costs one unit of the task's budget. Once that is spent the task gives way first, and the
/// wait begins when it runs again: so no task gives way with a lock or a permit just granted, while those that run
/// meanwhile queue up behind it. Only where its beginning may throw, the wait is begun first, and the task gives way with the
/// result in hand.
template <class Derived>
class Awaiter : public AwaiterTag {
 public:
  /// Whether a wait may be begun where nobody would catch what it throws: see above. select() and the like, which decide
  /// for themselves when they are ready, have no try_complete().
  static constexpr bool begins_later() noexcept {
    return requires(Derived & awaiter) {
      { awaiter.try_complete() }
      noexcept;
      { awaiter.suspend() }
      noexcept;
    };
  }

  /// Says which strand waits. Called by await_transform, select, join and the like.
  void bind(Strand& strand) noexcept { strand_ = &strand; }

  bool await_ready() {
    Turn& turn = *strand_->task->turn;
    if constexpr (Derived::begins_later()) {
      if (turn.budget == 0 || !self().try_complete()) return false;
      --turn.budget;
      return true;
    } else {
      if (!self().try_complete()) return false;
      state_ = State::complete;
      return turn.spend();
    }
  }

  /// `leaf`: the coroutine to resume; null in a branch that has none.
  bool await_suspend(std::coroutine_handle<> leaf) {
    Turn& turn = *strand_->task->turn;
    if constexpr (Derived::begins_later()) {
      if (turn.budget == 0) {
        defer(leaf);
        return true;
      }
    }
    strand_->leaf = leaf;
    if (state_ == State::complete) {
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
  ~Awaiter() {
    if (state_ == State::deferred) delete later_;
  }

  Strand& strand() const noexcept { return *strand_; }
  Turn& turn() const noexcept { return *strand_->task->turn; }

 private:
  enum class State : std::uint8_t { fresh, complete, deferred };

  Derived& self() noexcept { return static_cast<Derived&>(*this); }

  void defer(std::coroutine_handle<> leaf) {
    auto* later = new BeginLater(leaf, *this, &begin);
    strand_->leaf = later->as_leaf();
    strand_->task->turn->defer(*strand_);
    state_ = State::deferred;
    later_ = later;
  }
  static bool begin(AwaiterTag& awaiter, Strand& strand) noexcept {
    auto& self = static_cast<Awaiter&>(awaiter);
    delete std::exchange(self.later_, nullptr);
    self.state_ = State::fresh;
    self.strand_ = &strand;
    if (self.self().try_complete()) return true;
    Turn& turn = *strand.task->turn;
    if (TurnObserver* observer = turn.context.observer) observer->on_block(turn.task, Derived::kName);
    return !self.self().suspend();
  }

  union {
    Strand* strand_ = nullptr;
    BeginLater* later_;  // while deferred: nobody needs to know the strand then
  };
  State state_ = State::fresh;
};

template <class A>
concept IsAwaiter = std::derived_from<std::remove_cvref_t<A>, AwaiterTag>;

/// Types that are not awaiters but make one: JoinHandle, a Receiver…
template <class A>
concept MakesAwaiter = requires(A&& a) {
  { std::forward<A>(a).operator co_await() } -> IsAwaiter;
};

}  // namespace corokit::detail
