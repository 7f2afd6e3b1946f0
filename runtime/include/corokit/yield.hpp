#pragma once
#include <corokit/detail/task/awaiter.hpp>

namespace corokit {

namespace detail {

class YieldAwaiter : public Awaiter<YieldAwaiter> {
 public:
  static constexpr const char* kName = "yield_now";
  static constexpr bool kOnlyGivesWay = true;
  YieldAwaiter() noexcept {}
  YieldAwaiter(YieldAwaiter&& other) noexcept : Awaiter(other) {}
  static constexpr bool needs_budget() noexcept { return false; }  // suspend() gives way itself
  bool try_complete() const noexcept { return false; }
  bool suspend() noexcept {
    turn().defer(branch());
    return true;
  }
  void await_resume() const noexcept {}
};

class ConsumeBudgetAwaiter : public Awaiter<ConsumeBudgetAwaiter> {
 public:
  static constexpr const char* kName = "consume_budget";
  static constexpr bool kOnlyGivesWay = true;
  ConsumeBudgetAwaiter() noexcept {}
  ConsumeBudgetAwaiter(ConsumeBudgetAwaiter&& other) noexcept : Awaiter(other) {}
  bool try_complete() const noexcept { return true; }  // Awaiter takes a unit, or gives way if none is left
  bool suspend() noexcept { return false; }
  void await_resume() const noexcept {}
};

}  // namespace detail

/// Lets the other tasks that are ready run first: `co_await yield_now();`
///
/// Resumes: on the task's executor, behind the tasks that were ready before.
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: nothing to lose.
/// Complexity: O(1), no allocation.
[[nodiscard]] inline detail::YieldAwaiter yield_now() noexcept {
  return {};
}

/// Lets the other tasks run if this one has spent its budget: `co_await consume_budget();`
///
/// A long computation that waits for nothing calls it every so often. Until the budget is spent it costs very little.
///
/// Resumes: at once while the budget of the task's turn lasts, else as yield_now().
/// Thread-safety: the awaiting task's own thread.
/// Cancel-safety: nothing to lose.
/// Complexity: O(1), no allocation; one, which is recycled, where it gives way. That holds for every wait that is over at
///   once: it gives way when the budget is spent.
[[nodiscard]] inline detail::ConsumeBudgetAwaiter consume_budget() noexcept {
  return {};
}

}  // namespace corokit
