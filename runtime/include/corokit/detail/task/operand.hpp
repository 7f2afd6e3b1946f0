#pragma once
#include <corokit/detail/task/combinator.hpp>
#include <corokit/task.hpp>

#include <array>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace corokit::detail {

/// What a branch runs, one specialisation for each kind of operand: begin() starts it on a branch, and returns true if
/// it is over at once; take() gives the result once it is over; describe() tells a report where it waits. An operand is
/// moved only before begin(). kCombines says whether its branch can wait in a combinator, and kNests whether that one can
/// have branches which end with it; kKeepsResult, whether one that is over can be dropped before take(), and nothing is
/// lost.
template <class A>
class Operand;

/// A child coroutine.
template <class T>
class Operand<Task<T>> {
 public:
  static constexpr bool kCombines = true, kNests = true, kKeepsResult = false;

  explicit Operand(Task<T>&& task) noexcept : task_(std::move(task)) {
    assert(task_ && "corokit: this Task was moved from, awaited or spawned before");
  }
  Operand(Operand&& other) noexcept : task_(std::move(other.task_)) {}
  ~Operand() {
    const auto frame = TaskAccess::frame(task_);
    if (branch_ && !frame.done()) destroy_chain(branch_->leaf, TaskAccess::release(std::move(task_)));
  }
  bool begin(Branch& branch) {
    auto frame = TaskAccess::frame(task_);
    branch_ = &branch;
    frame.promise().begin_branch(branch);
    branch.leaf = frame;
    Turn& turn = *branch.task()->turn;
    turn.spend();  // whoever begins a branch has looked whether there is some
    ++turn.depth;
    const bool is_over = turn.run_branch(branch);
    --turn.depth;
    return is_over;
  }
  T take() { return TaskAccess::frame(task_).promise().cell().take(); }
  bool is_out_of_budget() const noexcept { return false; }
  void describe(const Branch& branch, WaitReport& report) const { report.operation(noted_wait(branch)); }

 private:
  Task<T> task_;
  Branch* branch_ = nullptr;
};

/// An awaiter. No coroutine is made for it; the branch has no leaf.
template <IsAwaiter A>
class Operand<A> {
 public:
  static constexpr bool kRunsCoroutine = requires {
    A::kRunsCoroutine;
  };  // on its own branch, as a Task does
  static constexpr bool kCombines = std::derived_from<A, CombinatorBase> || kRunsCoroutine;
  static constexpr bool kNests = HasNestedBranch<A> || kRunsCoroutine;
  static constexpr bool kKeepsResult = keeps_result<A>(!kCombines);

  explicit Operand(A&& awaiter) noexcept : awaiter_(std::move(awaiter)) {}
  Operand(Operand&& other) noexcept : awaiter_(std::move(other.awaiter_)) {}
  bool begin(Branch& branch) {
    awaiter_.bind(branch);
    return awaiter_.await_ready() || !awaiter_.await_suspend(nullptr);
  }
  decltype(auto) take() { return awaiter_.await_resume(); }
  bool is_out_of_budget() const noexcept {
    if constexpr (requires { awaiter_.any_out_of_budget(); })
      return awaiter_.any_out_of_budget();
    else
      return false;
  }
  void describe(const Branch&, WaitReport& report) const { report.operation(kWaitKind<A>, awaiter_); }

 private:
  A awaiter_;
};

/// An object that makes an awaiter (a JoinHandle…), owned by the branch.
template <MakesAwaiter A>
requires(!std::is_reference_v<A>) class Operand<A> {
  using Awaiter = decltype(std::declval<A&>().operator co_await());

 public:
  static constexpr bool kCombines = Operand<Awaiter>::kCombines, kNests = Operand<Awaiter>::kNests;
  static constexpr bool kKeepsResult = Operand<Awaiter>::kKeepsResult;

  explicit Operand(A&& source) noexcept : source_(std::move(source)) {}
  Operand(Operand&& other) noexcept : source_(std::move(other.source_)) {}
  bool begin(Branch& branch) {
    awaiter_.emplace(source_.operator co_await());
    return awaiter_->begin(branch);
  }
  decltype(auto) take() { return awaiter_->take(); }
  bool is_out_of_budget() const noexcept { return awaiter_ && awaiter_->is_out_of_budget(); }
  void describe(const Branch& branch, WaitReport& report) const {
    if (awaiter_) awaiter_->describe(branch, report);
  }

 private:
  A source_;
  std::optional<Operand<Awaiter>> awaiter_;
};

/// An object that makes an awaiter, borrowed by the branch.
template <class A>
requires MakesAwaiter<A&>
class Operand<A&> : public Operand<decltype(std::declval<A&>().operator co_await())> {
 public:
  explicit Operand(A& source) noexcept
      : Operand<decltype(std::declval<A&>().operator co_await())>(source.operator co_await()) {}
  Operand(Operand&&) noexcept = default;
};

/// Refuses an operand of select(), join() and the like that they cannot take. `A` is an lvalue reference for an lvalue.
template <class A>
consteval bool check_operand() {
  using Plain = std::remove_cvref_t<A>;
  if constexpr (IsTask<Plain>::value)
    static_assert(std::is_same_v<A, Plain>,
                  "corokit: a Task is awaited once: move it into this call, std::move(task)");
  else if constexpr (IsAwaiter<A>)
    static_assert(std::is_same_v<A, Plain>,
                  "corokit: a wait is awaited once: move it into this call, or use pin() to await it again");
  else
    static_assert(MakesAwaiter<A>,
                  "corokit: this type cannot be awaited here. Operands are Tasks, JoinHandles and corokit's "
                  "own primitives; bridge anything else with a oneshot channel.");
  return true;
}

template <class A>
concept LooksLikeOperand =
    IsTask<std::remove_cvref_t<A>>::value || IsAwaiter<A> || MakesAwaiter < std::remove_cvref_t<A>
& > ;

/// Holds if one of the types is an operand; else the call is meant for a function of the same name, such as that of
/// POSIX. The others are then checked with an error in our words, which comes before those of the overload resolution.
template <class... As>
concept AreOperands = (LooksLikeOperand<As> || ...) && (check_operand<As>() && ...);

template <class A>
concept IsOperand = AreOperands<A>;

/// How select(), join() and timeout() keep an operand: by value, unless it is borrowed.
template <class A>
using OperandType = std::conditional_t<std::is_lvalue_reference_v<A>, A, std::remove_cvref_t<A>>;

/// The type that awaiting an operand gives; Unit for void.
template <class A>
using Output = Stored<decltype(std::declval<Operand<A>&>().take())>;

/// The branch of one operand of a select, a join or a FuturesUnordered, with the operand that runs on it. It must not
/// be moved once it has begun.
template <class A>
class OperandBranch : public ChildBranch {
 public:
  template <class Arg>
  requires std::constructible_from<Operand<A>, Arg>
  explicit OperandBranch(Arg&& operand) : operand_(std::forward<Arg>(operand)) {}
  OperandBranch(OperandBranch&& other) noexcept : operand_(std::move(other.operand_)) {
    assert(!other.part_of);
  }
  ~OperandBranch() {
    if (has_operand_ || is_queued()) cancel();
  }

  /// Starts the operand, as a part of `parent`'s task. Unless it is over at once, `kDone` is called with this branch
  /// when it ends. Returns: true if it is over at once.
  ///
  /// `owner`: has a function waiting_branch(), which gives the branch that waits for this one, or null. It may have a
  /// function setting(), which gives the Setting that begins with this one. It has
  /// kIsAwaitedAgain if the branch that waits may change.
  template <void (*kDone)(ChildBranch&), class Owned>
  bool begin(Branch& parent, Owned* owner) {
    constexpr bool kIsAwaitedAgain = requires {
      Owned::kIsAwaitedAgain;
    };
    static constexpr Owner kOwner{kDone,     &drop,          &parent_of<Owned>, setting_of<Owned>(),
                                  &describe, kIsAwaitedAgain};
    part_of = parent.task();
    owner_ = owner;
    owned_by = &kOwner;
    return is_done_ = operand_.begin(*this);
  }

  template <class Owned>
  Owned& owner() const noexcept {
    return *static_cast<Owned*>(owner_);
  }
  /// Requires: it has neither ended nor been dropped.
  const Operand<A>& operand() const noexcept { return operand_; }
  void mark_done() noexcept { is_done_ = true; }
  bool is_done() const noexcept { return is_done_; }
  /// Is it, or an operation that it combines, not over only because the budget of the task is spent?
  bool is_out_of_budget() const noexcept {
    if (is_done_) return false;
    if (Operand<A>::kCombines ? detail::is_out_of_budget(*this) : mark() != 0) return true;
    return has_operand_ && operand_.is_out_of_budget();
  }
  /// Does it wait in a combinator, which has branches of its own?
  bool has_branches() const noexcept {
    return Operand<A>::kNests && !is_done_ && has_operand_ && mark() == kCombines;
  }

  Output<A> take() {
    if constexpr (std::is_void_v<decltype(operand_.take())>) {
      operand_.take();
      return Unit{};
    } else {
      return operand_.take();
    }
  }

  /// Drops the operand, pending or not. The operand goes before the branch leaves the turn's lists: until its wait
  /// node is unlinked, another thread may still wake the branch.
  void cancel() noexcept {
    if (has_branches())
      part_of->turn->drop(*this);
    else
      drop(*this);
    if (is_queued()) part_of->turn->forget(*this);
    part_of = nullptr;
  }

 private:
  template <class Owned>
  static Branch* parent_of(const ChildBranch& branch) noexcept {
    return static_cast<const OperandBranch&>(branch).template owner<Owned>().waiting_branch();
  }
  template <class Owned>
  static constexpr auto setting_of() noexcept -> Setting* (*)(const ChildBranch&) noexcept {
    if constexpr (requires(Owned & owner) { owner.setting(); })
      return [](const ChildBranch& branch) noexcept -> Setting* {
        return &static_cast<const OperandBranch&>(branch).template owner<Owned>().setting();
      };
    else
      return nullptr;
  }
  static void describe(const ChildBranch& branch, WaitReport& report) {
    const auto& self = static_cast<const OperandBranch&>(branch);
    if (self.has_operand_ && !self.is_done_) self.operand_.describe(branch, report);
  }
  static void drop(ChildBranch& branch) noexcept {
    auto& self = static_cast<OperandBranch&>(branch);
    if (std::exchange(self.has_operand_, false)) std::destroy_at(std::addressof(self.operand_));
  }

  // An optional made by hand, whose flag shares a word with the other flag: a program may have very many branches.
  union {
    Operand<A> operand_;
  };
  void* owner_;  // set together with part_of
  bool has_operand_ = true;
  bool is_done_ = false;
};

template <class Test, std::size_t kIndex>
bool test_constant(Test& test) {
  return test(std::integral_constant<std::size_t, kIndex>());
}

/// Returns: what `test` says of the number `index`, which it is given as a constant. Complexity: O(1): a few numbers are
/// compared with, which the compiler sees through, and many are looked up.
template <class Test, std::size_t... I>
bool test_at(std::size_t index, std::index_sequence<I...>, Test test) {
  constexpr std::size_t kFew = 8;
  if constexpr (sizeof...(I) <= kFew) {
    return ((index == I && test_constant<Test, I>(test)) || ...);
  } else {
    static constexpr std::array<bool (*)(Test&), sizeof...(I)> kTests{&test_constant<Test, I>...};
    return kTests[index](test);
  }
}

/// Tells a report of all branches.
template <class... As>
void describe_all(const std::tuple<OperandBranch<As>...>& branches, WaitReport& report) {
  std::apply([&report](const auto&... branch) { (report.branch(branch), ...); }, branches);
}

/// Returns: the first of the branches that waits in a combinator; null if there is none.
template <class... As>
ChildBranch* nested_among(std::tuple<OperandBranch<As>...>& branches) noexcept {
  ChildBranch* found = nullptr;
  std::apply(
      [&found](auto&... branch) { static_cast<void>(((branch.has_branches() && (found = &branch)) || ...)); },
      branches);
  return found;
}

}  // namespace corokit::detail
