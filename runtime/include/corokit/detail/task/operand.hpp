#pragma once
#include <corokit/detail/task/turn.hpp>
#include <corokit/task.hpp>

#include <cassert>
#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace corokit::detail {

/// What a branch runs, by kind of operand: begin() starts it on the branch's branch and says whether it was
/// over at once; take() gives the result, once it is over. An operand is moved only before begin().
template <class A>
class Operand;

/// A child coroutine.
template <class T>
class Operand<Task<T>> {
 public:
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
    return branch.task()->turn->run_branch(branch);
  }
  T take() { return TaskAccess::frame(task_).promise().cell().take(); }

 private:
  Task<T> task_;
  Branch* branch_ = nullptr;
};

/// An awaiter: no coroutine is made for it, the branch has no leaf.
template <IsAwaiter A>
class Operand<A> {
 public:
  explicit Operand(A&& awaiter) noexcept : awaiter_(std::move(awaiter)) {}
  Operand(Operand&& other) noexcept : awaiter_(std::move(other.awaiter_)) {}
  bool begin(Branch& branch) {
    awaiter_.bind(branch);
    return awaiter_.await_ready() || !awaiter_.await_suspend(nullptr);
  }
  decltype(auto) take() { return awaiter_.await_resume(); }

 private:
  A awaiter_;
};

/// Something that makes an awaiter (a JoinHandle…), owned by the branch.
template <MakesAwaiter A>
requires(!std::is_reference_v<A>) class Operand<A> {
  using Awaiter = decltype(std::declval<A&>().operator co_await());

 public:
  explicit Operand(A&& source) noexcept : source_(std::move(source)) {}
  Operand(Operand&& other) noexcept : source_(std::move(other.source_)) {}
  bool begin(Branch& branch) {
    awaiter_.emplace(source_.operator co_await());
    return awaiter_->begin(branch);
  }
  decltype(auto) take() { return awaiter_->take(); }

 private:
  A source_;
  std::optional<Operand<Awaiter>> awaiter_;
};

/// The same, borrowed.
template <class A>
requires MakesAwaiter<A&>
class Operand<A&> : public Operand<decltype(std::declval<A&>().operator co_await())> {
 public:
  explicit Operand(A& source) noexcept
      : Operand<decltype(std::declval<A&>().operator co_await())>(source.operator co_await()) {}
  Operand(Operand&&) noexcept = default;
};

template <class A>
concept IsOperand = IsTask<A>::value || IsAwaiter<A> || MakesAwaiter<A>;

/// How an operand that was passed to select(), join() or timeout() is kept: by value, except for a borrowed
/// one.
template <class A>
using OperandType = std::conditional_t<std::is_lvalue_reference_v<A>, A, std::remove_cvref_t<A>>;

/// What awaiting an operand gives; Unit for void.
template <class A>
using Output = Stored<decltype(std::declval<Operand<A>&>().take())>;

/// One branch of a select, a join, a FuturesUnordered: a branch and what runs on it. It stays where it is
/// once begun.
template <class A>
class OperandBranch : public ChildBranch {
 public:
  template <class Arg>
  requires std::constructible_from<Operand<A>, Arg>
  explicit OperandBranch(Arg&& operand) : operand_(std::forward<Arg>(operand)) {}
  OperandBranch(OperandBranch&& other) noexcept : operand_(std::move(other.operand_)) {
    assert(!other.part_of);
  }
  ~OperandBranch() { cancel(); }

  /// Starts it as a part of `parent`'s task. `done` is called, with this branch, unless it is over at once.
  /// Returns: true if it is over at once.
  bool begin(Branch& parent, void* owner, void (*done)(ChildBranch&)) {
    part_of = parent.task();
    owner_ = owner;
    on_done = done;
    return is_done_ = operand_.begin(*this);
  }

  template <class Owner>
  Owner& owner() const noexcept {
    return *static_cast<Owner*>(owner_);
  }
  void mark_done() noexcept { is_done_ = true; }
  bool is_done() const noexcept { return is_done_; }

  Output<A> take() {
    if constexpr (std::is_void_v<decltype(operand_.take())>) {
      operand_.take();
      return Unit{};
    } else {
      return operand_.take();
    }
  }

  /// Drops the operand, pending or not. First the operand, then the branch: until its wait node is unlinked,
  /// another thread may still wake it.
  void cancel() noexcept {
    drop_operand();
    if (part_of) std::exchange(part_of, nullptr)->turn->forget(*this);
  }
  /// As cancel(), but leaves it to the owner to take the branch off the turn's lists. The branch has no task
  /// then.
  void cancel_and_disown() noexcept {
    drop_operand();
    part_of = nullptr;
  }

 private:
  void drop_operand() noexcept {
    if (std::exchange(has_operand_, false)) std::destroy_at(std::addressof(operand_));
  }

  // An optional, but its flag shares a word with the other one: there may be a branch a task.
  union {
    Operand<A> operand_;
  };
  void* owner_ = nullptr;
  bool has_operand_ = true;
  bool is_done_ = false;
};

}  // namespace corokit::detail
