#pragma once
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/turn.hpp>

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <utility>

namespace corokit::detail {

struct AwaiterTag {};

/// What waits.
struct Waiter {
  Branch* branch = nullptr;
};

/// A wait whose task has spent its budget, until it is begun: at the branch's next turn. It stands, marked by the lowest
/// bit of its address, in Branch::leaf, where the run loop finds it, and in its awaiter, which owns it, in the place of
/// the branch.
struct BeginLater : FromFramePool<BeginLater> {
  std::coroutine_handle<> leaf;
  AwaiterTag* awaiter;
  /// Returns: true if the wait is over at once. Frees the BeginLater.
  bool (*begin)(AwaiterTag&, Branch&) noexcept;

  BeginLater(std::coroutine_handle<> leaf_then, AwaiterTag& of,
             bool (*how)(AwaiterTag&, Branch&) noexcept) noexcept
      : leaf(leaf_then), awaiter(&of), begin(how) {}

  /// Its address, marked: what stands in a place that otherwise holds another pointer.
  void* marked() noexcept { return reinterpret_cast<char*>(this) + 1; }
  /// Returns: null if that place does hold another one.
  static BeginLater* in(void* place) noexcept {
    const auto word = reinterpret_cast<std::uintptr_t>(place);
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
/// `Base`: the wait node, where the primitive looks for its branch through the node: one pointer then serves both. It
/// is set by bind(), so before the wait begins. A primitive with something to do just then hides bind() and calls it.
///
/// One awaiter serves one wait. It is woken at most once: mark_ready() under the primitive's lock.
///
/// A wait that is over at once costs one unit of the task's budget. Once that is spent the task gives way first, and
/// the wait begins when it runs again: so no task gives way with a lock or a permit just granted, while those that run
/// meanwhile queue up behind it. Only where its beginning may throw, the wait is begun first, and the task gives way
/// with the result in hand.
template <class Derived, class Base = Waiter>
class Awaiter : public AwaiterTag, protected Base {
 public:
  /// Whether a wait may be begun where nobody would catch what it throws: see above. select() and the like, which
  /// decide for themselves when they are ready, have no try_complete().
  static constexpr bool begins_later() noexcept {
    return requires(Derived & awaiter) {
      { awaiter.try_complete() }
      noexcept;
      { awaiter.suspend() }
      noexcept;
    };
  }

  /// Says which branch waits. Called by await_transform, select, join and the like.
  void bind(Branch& branch) noexcept { Base::branch = &branch; }

  bool await_ready() {
    Turn& turn = this->turn();
    if constexpr (Derived::begins_later()) {
      if (turn.budget == 0 || !self().try_complete()) return false;
      --turn.budget;
      return true;
    } else {
      if (!self().try_complete()) return false;
      if (turn.spend()) return true;
      turn.gives_way = true;
      return false;
    }
  }

  /// `leaf`: the coroutine to resume; null in a branch that has none.
  bool await_suspend(std::coroutine_handle<> leaf) {
    Turn& turn = this->turn();
    if constexpr (Derived::begins_later()) {
      if (turn.budget == 0) {
        defer(leaf);
        return true;
      }
      branch().leaf = leaf;
    } else {
      branch().leaf = leaf;
      if (std::exchange(turn.gives_way, false)) {
        turn.defer(branch());
        return true;
      }
    }
    return suspend_and_tell();
  }

 protected:
  Awaiter() noexcept = default;
  Awaiter(const Awaiter&) noexcept
      : AwaiterTag(), Base() {}  // a copy or a moved-to awaiter has not begun to wait
  Awaiter& operator=(const Awaiter&) = delete;
  ~Awaiter() {
    if constexpr (Derived::begins_later()) delete BeginLater::in(Base::branch);
  }

  Branch& branch() const noexcept { return *Base::branch; }
  Turn& turn() const noexcept { return *Base::branch->task()->turn; }

 private:
  Derived& self() noexcept { return static_cast<Derived&>(*this); }

  void defer(std::coroutine_handle<> leaf) {
    auto* later = new BeginLater(leaf, *this, &begin);
    branch().leaf = std::coroutine_handle<>::from_address(later->marked());
    turn().defer(branch());
    Base::branch = static_cast<Branch*>(later->marked());
  }
  static bool begin(AwaiterTag& awaiter, Branch& branch) noexcept {
    auto& self = static_cast<Awaiter&>(awaiter);
    delete BeginLater::in(self.Base::branch);
    self.bind(branch);
    return self.self().try_complete() || !self.suspend_and_tell();
  }
  bool suspend_and_tell() {
    Turn& turn = this->turn();
    if (TurnObserver* observer = turn.context.observer) observer->on_block(turn.task, Derived::kName);
    return self().suspend();
  }
};

template <class A>
concept IsAwaiter = std::derived_from<std::remove_cvref_t<A>, AwaiterTag>;

/// Types that are not awaiters but make one: JoinHandle, a Receiver…
template <class A>
concept MakesAwaiter = requires(A&& a) {
  { std::forward<A>(a).operator co_await() } -> IsAwaiter;
};

}  // namespace corokit::detail
