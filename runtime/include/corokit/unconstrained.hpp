#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/detail/task/setting.hpp>

#include <utility>

namespace corokit {

namespace detail {

template <class A>
class UnconstrainedAwaiter : public SettingAwaiter<UnconstrainedAwaiter<A>, A> {
  using Base = SettingAwaiter<UnconstrainedAwaiter, A>;

 public:
  using Step = typename Base::Step;
  static constexpr const char* kName = "unconstrained";
  static constexpr bool needs_budget() noexcept { return false; }

  template <class Arg>
  explicit UnconstrainedAwaiter(std::in_place_t, Arg&& operand)
      : Base(&Setting::kUnconstrained, nullptr, std::forward<Arg>(operand)) {}
  UnconstrainedAwaiter(UnconstrainedAwaiter&& other) noexcept
      : Base(std::move(other), &Setting::kUnconstrained, nullptr) {}
  ~UnconstrainedAwaiter() { this->end(); }

  /// Gives back what the beginning has spent.
  Step begin_some() {
    const int before = this->turn().budget;
    const Step step = Base::begin_some();
    if (step != Step::gives_way) this->turn().budget = before;
    return step;
  }
};

}  // namespace detail

/// Runs an operation that does not give way when the budget of its task is spent:
///
///     co_await unconstrained(drain(receiver));     // all that is there, in one turn
///
/// A task gives way to the others once a number of its awaits, its budget, were over at once. An operation in here goes
/// on until it has to wait, and so does all that it awaits and combines. This is for code that soon ends, where giving
/// way costs more than it helps: no other task runs on this thread meanwhile, and no other branch of this task.
/// yield_now() still gives way. So do operations that are nested in more than 32 combinators, while they begin.
///
/// Operand: as for select().
/// Resumes: in the calling task. What the operation spent without waiting is not missing from the budget afterwards.
/// Returns: what the operation gives.
/// Throws: the exception that escaped the operation.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: as that of the operation.
/// Complexity: O(1), no allocation. Once the budget is spent, an await costs O(combinators around it).
/// Source: tokio's task::unconstrained.
template <detail::IsOperand A>
[[nodiscard]] auto unconstrained(A&& operation) {
  return detail::UnconstrainedAwaiter<detail::OperandType<A>>(std::in_place, std::forward<A>(operation));
}

}  // namespace corokit
