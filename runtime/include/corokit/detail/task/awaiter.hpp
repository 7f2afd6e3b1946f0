#pragma once
#include <corokit/detail/task/frame_pool.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/detail/task/wait_report.hpp>

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <exception>
#include <utility>

namespace corokit::detail {

struct AwaiterTag {};

/// The default base of an Awaiter: it holds the branch that waits.
struct Waiter {
  Branch* branch = nullptr;
};

/// A wait that begins only when its branch runs next, because the task has spent its budget.
///
/// Branch::leaf holds its address, marked with Branch::kBeginsLater, and the run loop finds it there. The awaiter owns
/// it, and holds the same marked address in place of its pointer to the branch.
struct BeginLater : FromFramePool<BeginLater> {
  std::coroutine_handle<> leaf;
  AwaiterTag* awaiter;
  /// Returns: true if the wait is over at once. Frees the BeginLater, or marks the branch with it once more.
  bool (*begin)(AwaiterTag&, Branch&) noexcept;

  BeginLater(std::coroutine_handle<> leaf_then, AwaiterTag& of,
             bool (*how)(AwaiterTag&, Branch&) noexcept) noexcept
      : leaf(leaf_then), awaiter(&of), begin(how) {}

  /// Returns: its address, marked.
  void* marked() noexcept { return reinterpret_cast<char*>(this) + Branch::kBeginsLater; }
  /// Returns: the BeginLater whose marked address `place` is; null if `place` is an ordinary pointer.
  static BeginLater* in(void* place) noexcept {
    const auto word = reinterpret_cast<std::uintptr_t>(place);
    return word & Branch::kBeginsLater ? reinterpret_cast<BeginLater*>(word - Branch::kBeginsLater) : nullptr;
  }
};

/// The base of everything that a coroutine of corokit can wait for and that is not itself a coroutine.
///
/// A primitive derives from it, and provides:
///   static constexpr const char* kName   the name of the wait in a deadlock report, "Semaphore::acquire"
///   bool try_complete()                  the fast path, without a lock if possible; true if the wait is over
///   bool suspend()                       links the wait node under the primitive's lock; false if the wait is over,
///                                        because what it waits for has come since try_complete()
///   R await_resume()                     the result; it runs once, when the wait is over
///   void describe(WaitReport&) const     optional: tells a report more than the name, see there
///   static constexpr bool kOnlyGivesWay = true  optional: it never waits, see there
///   static constexpr bool kIsHeld = true  optional: a result that is thrown away is reported, as a guard is
///   a destructor                         unlinks the node under the lock if it is still linked, and passes on what
///                                        was granted and never taken: this makes dropping safe
///   a move constructor                   it is used only before the wait has begun
///
/// `Base`: the class that holds the branch. A primitive that finds the branch of a waiter through its wait node passes
/// the type of the node, so that one pointer serves both. bind() sets the branch before the wait begins. A primitive
/// that has something to do at that moment hides bind(), and calls it.
///
/// One awaiter serves one wait. It is woken at most once, by a mark_ready() under the primitive's lock.
///
/// A wait that is over at once costs one unit of the task's budget. When the budget is spent, the task gives way first,
/// and the wait begins when the task runs again. So no task gives way while it holds a lock or a permit that it was
/// just granted and that other tasks then queue for.
///
/// The run loop, which begins such a wait, cannot pass on an exception. A primitive whose try_complete() or suspend()
/// may throw therefore also provides
///   void fail(std::exception_ptr)        keeps the exception; await_resume() throws it
template <class Derived, class Base = Waiter>
class Awaiter : public AwaiterTag, protected Base {
 public:
  /// Returns: false for a wait that only gives way, and does so whether there is a budget or not.
  static constexpr bool needs_budget() noexcept { return true; }

  /// Sets the branch that waits. await_transform, select, join and the like call it.
  void bind(Branch& branch) noexcept { Base::branch = &branch; }
  /// Returns: about the time when the turn began, for the WaitNote.
  std::uint64_t turn_stamp() const noexcept { return turn().context.turn_stamp; }

  bool await_ready() {
    Turn& turn = this->turn();
    if ((Derived::needs_budget() && turn.is_spent(branch())) || !self().try_complete()) return false;
    --turn.budget;
    return true;
  }

  /// `leaf`: the coroutine to resume; null in a branch that has no coroutine.
  bool await_suspend(std::coroutine_handle<> leaf) {
    if (Derived::needs_budget() && turn().budget == 0) {
      begin_later(leaf);
      return true;
    }
    branch().leaf = leaf;
    return suspend_and_tell(false);
  }

 protected:
  Awaiter() noexcept = default;
  Awaiter(const Awaiter&) noexcept
      : AwaiterTag(), Base() {}  // a copy or a moved-to awaiter has not begun to wait
  Awaiter& operator=(const Awaiter&) = delete;
  ~Awaiter() { delete BeginLater::in(Base::branch); }

  Branch& branch() const noexcept { return *Base::branch; }
  Turn& turn() const noexcept { return *Base::branch->task()->turn; }

 private:
  Derived& self() noexcept { return static_cast<Derived&>(*this); }

  void begin_later(std::coroutine_handle<> leaf) {
    auto* later = new BeginLater(leaf, *this, &begin);
    branch().leaf = std::coroutine_handle<>::from_address(later->marked());
    turn().defer(branch());
    Base::branch = static_cast<Branch*>(later->marked());
  }
  static bool begin(AwaiterTag& awaiter, Branch& branch) noexcept {
    auto& self = static_cast<Awaiter&>(awaiter);
    delete BeginLater::in(self.Base::branch);
    self.bind(branch);
    constexpr bool kMayThrow = !noexcept(self.self().try_complete()) || !noexcept(self.self().suspend());
    if constexpr (kMayThrow) {
      try {
        return self.self().try_complete() || !self.suspend_and_tell(true);
      } catch (...) {
        self.self().fail(std::current_exception());
        return true;
      }
    } else {
      return self.self().try_complete() || !self.suspend_and_tell(true);
    }
  }
  bool suspend_and_tell(bool begins_later) {
    Turn& turn = this->turn();
    if (TurnObserver* observer = turn.context.observer)
      observer->on_block(turn.task, Derived::kName,
                         {this, branch().is_root() ? &is_over : nullptr, begins_later});
    return self().suspend();
  }
  static bool is_over(void* awaiter) noexcept {
    try {
      return static_cast<Awaiter*>(awaiter)->self().try_complete();
    } catch (...) {
      return false;
    }
  }
};

template <class A>
concept IsAwaiter = std::derived_from<std::remove_cvref_t<A>, AwaiterTag>;

/// A type that is not an awaiter but makes one: a JoinHandle, a oneshot::Receiver…
template <class A>
concept MakesAwaiter = requires(A&& a) {
  { std::forward<A>(a).operator co_await() } -> IsAwaiter;
};

}  // namespace corokit::detail
