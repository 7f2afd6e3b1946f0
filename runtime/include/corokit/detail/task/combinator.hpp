#pragma once
#include <corokit/detail/task/awaiter.hpp>

#include <coroutine>
#include <cstdint>
#include <exception>
#include <utility>

namespace corokit::detail {

/// What the run loop knows of a combinator: an awaiter that begins operations of its own.
///
/// While a branch waits in it, Branch::leaf holds its address, marked with Branch::kCombines.
class CombinatorBase : public AwaiterTag {
 public:
  enum class Step : std::uint8_t {
    over,       ///< there is a result
    waits,      ///< everything has begun, and nothing is over
    gives_way,  ///< there is more to begin, at the task's next turn
  };

  /// Returns: the combinator that a marked address leads to; null if `place` is marked otherwise, or not at all.
  static CombinatorBase* in(void* place) noexcept {
    const auto word = reinterpret_cast<std::uintptr_t>(place);
    return (word & Branch::kMarks) == Branch::kCombines
               ? reinterpret_cast<CombinatorBase*>(word - Branch::kCombines)
               : nullptr;
  }
  /// Returns: the combinator that the branch waits in; null if it waits elsewhere.
  static CombinatorBase* in(const Branch& branch) noexcept { return in(branch.leaf.address()); }

  /// Goes on from the run loop. Returns: true if the wait is over.
  bool go_on() noexcept { return step_ == Step::over || kind_->go_on(*this); }
  /// Returns: one of its own branches that waits in a combinator as well; null if there is none, or if they outlive it.
  ChildBranch* nested() noexcept { return kind_->nested(*this); }
  Step step() const noexcept { return step_; }
  /// Returns: the coroutine that awaits it; null in a branch that has none.
  std::coroutine_handle<> leaf() const noexcept { return leaf_; }
  /// Returns: the branch that waits in it. For OperandBranch::begin().
  Branch* waiting_branch() const noexcept { return branch_; }

 protected:
  struct Kind {
    bool (*go_on)(CombinatorBase&) noexcept;
    ChildBranch* (*nested)(CombinatorBase&) noexcept;
  };

  explicit CombinatorBase(const Kind& kind) noexcept : kind_(&kind) {}
  ~CombinatorBase() = default;

  const Kind* const kind_;
  std::coroutine_handle<> leaf_;
  Branch* branch_ = nullptr;
  std::exception_ptr failure_;  // what the beginning of an operation threw after the combinator gave way
  Step step_ = Step::waits;
  static constexpr std::uint8_t kPatience = 16;  // turns
  std::uint8_t turns_waited_ = 0;
};

/// Returns: whether a wait that is over, and is dropped before its result is taken, loses nothing: C::kKeepsResult, or
/// `otherwise` where that is not said.
template <class C>
consteval bool keeps_result(bool otherwise = false) {
  if constexpr (requires { C::kKeepsResult; })
    return C::kKeepsResult;
  else
    return otherwise;
}

template <class C>
concept HasNestedBranch = requires(C& combinator) {
  combinator.nested_branch();
};

/// Returns: true while the branch waits for nothing but the task's next turn, because the budget is spent.
inline bool is_out_of_budget(const Branch& branch) noexcept {
  const CombinatorBase* combinator = CombinatorBase::in(branch);
  return combinator ? combinator->step() == CombinatorBase::Step::gives_way : branch.mark() != 0;
}

/// The base of combinators: select, join, a pinned operation, FuturesUnordered::next().
///
/// When the budget of the task is spent, no further operation begins: the combinator gives way first, and goes on at
/// the task's next turn. So a spent budget changes which other tasks run in between, and never which operations begin.
/// The operations spend the budget; the combinator itself spends none.
///
/// A combinator derives from it, and provides:
///   static constexpr const char* kName   what a deadlock report calls the wait
///   Step begin_some()                    begins operations while the budget lasts; called again after it gave way, and
///                                        after look_again()
///   ChildBranch* nested_branch()         optional: see CombinatorBase::nested()
///   void describe(WaitReport&) const     tells a report the branches that it waits for
///   R await_resume()                     the result; it calls throw_failure() first
/// and calls wake() once it is over, or look_again().
template <class Derived>
class Combinator : public CombinatorBase {
 public:
  /// Sets the branch that waits. await_transform, select, join and the like call it.
  void bind(Branch& branch) noexcept { branch_ = &branch; }
  /// As in Awaiter.
  std::uint64_t turn_stamp() const noexcept { return turn().context.turn_stamp; }

  bool await_ready() {
    if (turn().depth >= Turn::kMaxDepth) {
      // So the combinators around this one wait for it, as they do where the budget is spent.
      turn().budget = 0;
      step_ = Step::gives_way;
      return false;
    }
    return (step_ = self().begin_some()) == Step::over;
  }

  /// `leaf`: the coroutine to resume; null in a branch that has none.
  bool await_suspend(std::coroutine_handle<> leaf) noexcept {
    leaf_ = leaf;
    auto* const place = reinterpret_cast<char*>(static_cast<CombinatorBase*>(this));
    branch().leaf = std::coroutine_handle<>::from_address(place + Branch::kCombines);
    if (step_ == Step::gives_way)
      give_way();
    else
      tell();
    return true;
  }

 protected:
  Combinator() noexcept : CombinatorBase(kKind) {}
  Combinator(const Combinator&) noexcept
      : CombinatorBase(kKind) {}  // a copy or a moved-to combinator has not begun to wait
  Combinator& operator=(const Combinator&) = delete;
  ~Combinator() = default;

  Branch& branch() const noexcept { return *branch_; }
  void throw_failure() const {
    if (failure_) std::rethrow_exception(failure_);
  }
  Turn& turn() const noexcept { return *branch_->task()->turn; }
  /// Returns: whether to give way before anything else begins, because the budget is spent.
  bool is_spent() const noexcept { return turn().is_spent(branch()); }

  /// Returns: whether to give way because an operation is out of budget, before the next one begins: so each reaches
  /// its first wait, or its end, before the next begins. Some operation may never wait, and must not hold up the others
  /// for ever: this holds for the first turns only.
  bool is_patient() const noexcept { return turns_waited_ < kPatience; }
  /// Counts these turns anew, for the operation that has just begun.
  void begin_patience() noexcept { turns_waited_ = 0; }

  /// Resumes the coroutine, once, from the task's run loop. A combinator that gave way is called again anyway, and
  /// finds out by itself that it is over.
  ///
  /// One whose result would be lost goes on first, since what else ends in this turn may be the reason to drop it.
  void wake() noexcept { keeps_result<Derived>() ? wake_last() : wake_first(); }
  /// As wake(): behind all that can run now, so that a select can compare what ends in the same turn.
  void wake_last() noexcept {
    if (step_ != Step::waits) return;
    step_ = Step::over;
    turn().queue.push(branch());
  }
  /// As wake(): before all else of the task, also if wake_last() was called before.
  void wake_first() noexcept {
    if (step_ == Step::gives_way) return;
    if (std::exchange(step_, Step::over) == Step::over) {
      if (branch().is_root()) return;  // nothing of the task can drop it
      turn().queue.remove(static_cast<ChildBranch&>(branch()));
    }
    turn().queue.push_front(branch());
  }
  /// Lets the run loop call begin_some() again, in this turn: what the combinator waits for may have changed.
  void look_again() noexcept {
    if (step_ != Step::waits) return;
    step_ = Step::gives_way;
    turn().queue.push(branch());
  }
  /// As wake(), but the branches that ran out of budget run before: one that is preferred may be among them.
  void wake_behind_deferred() noexcept {
    if (step_ != Step::waits) return;
    step_ = Step::gives_way;
    give_way();
  }

 private:
  Derived& self() noexcept { return static_cast<Derived&>(*this); }

  void give_way() noexcept {
    if (is_patient())
      turn().behind.push(branch());
    else
      turn().deferred.push_front(branch());  // an operation that spins may leave no budget behind it
  }
  static bool go_on(CombinatorBase& base) noexcept {
    auto& combinator = static_cast<Combinator&>(base);
    try {
      combinator.step_ = combinator.self().begin_some();
    } catch (...) {
      combinator.failure_ = std::current_exception();
      combinator.step_ = Step::over;
    }
    if (combinator.step_ == Step::gives_way) {
      if (combinator.is_patient()) ++combinator.turns_waited_;
      combinator.give_way();
    } else if (combinator.step_ == Step::waits) {
      combinator.tell();
    }
    return combinator.step_ == Step::over;
  }
  static ChildBranch* nested(CombinatorBase& base) noexcept {
    if constexpr (HasNestedBranch<Derived>)
      return static_cast<Combinator&>(base).self().nested_branch();
    else
      return nullptr;
  }
  void tell() noexcept {
    if (TurnObserver* observer = turn().context.observer) observer->on_block(turn().task, Derived::kName, {});
  }

  static constexpr Kind kKind{&go_on, &nested};
};

}  // namespace corokit::detail
