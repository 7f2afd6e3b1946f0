#pragma once
#include <13_select/given.hpp>

#include <atomic>
#include <optional>
#include <variant>

namespace mini {
namespace detail {

constexpr unsigned kLeft = 1, kRight = 2, kAsleep = 4;

/// Says which branches of a select are woken, and whether its job sleeps until one is.
/// co_await gives the branches that were woken since the last time. If one is woken already, others run first.
class Woken {
 public:
  /// The branches run as parts of this job.
  explicit Woken(Job& job) noexcept : job_(job) {}

  /// A branch is woken, on any thread. Only the first one of those that find the job asleep wakes it: it is woken once
  /// for each time that it falls asleep, however many branches are.
  void add(unsigned branch) noexcept {
    if (word_.fetch_or(branch) == kAsleep) job_.wake();
  }

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> here) noexcept {
    suspend_in(here);
    unsigned nobody = 0;
    if (!word_.compare_exchange_strong(nobody, kAsleep)) job_.wake();
  }
  unsigned await_resume() noexcept { return word_.exchange(0); }

 private:
  Job& job_;
  std::atomic<unsigned> word_ = 0;
};

/// A task that runs as a part of the job that awaits the select.
template <class T>
struct Branch final : Job {
  Branch(Woken& the_woken, unsigned the_bit, Task<T> the_task)
      : woken(the_woken), bit(the_bit), task(std::move(the_task)) {
    leaf = task.handle();
  }
  void wake() noexcept override { woken.add(bit); }

  /// Goes on with the task if it is among those that are woken. Returns: whether it has ended.
  bool go_on(unsigned those) {
    if (!(those & bit)) return false;
    run();
    return task.done();
  }

  Woken& woken;
  const unsigned bit;
  Task<T> task;
};

template <class A, class B>
Task<std::variant<Value<A>, Value<B>>> first_of(bool right_first, Task<A> a, Task<B> b) {
  using Result = std::variant<Value<A>, Value<B>>;
  // Not in the parameters: what stands here is gone when the result is there.
  Woken woken(*Job::running());
  Branch<A> left(woken, kLeft, std::move(a));
  Branch<B> right(woken, kRight, std::move(b));
  for (unsigned those = kLeft | kRight;; those = co_await woken) {
    if (right_first && right.go_on(those)) co_return Result(std::in_place_index<1>, value_of(right.task));
    if (left.go_on(those)) co_return Result(std::in_place_index<0>, value_of(left.task));
    if (!right_first && right.go_on(those)) co_return Result(std::in_place_index<1>, value_of(right.task));
  }
}

inline Task<> sleep(Timers& timers, Timers::Tick ticks) {
  co_await timers.sleep(ticks);
}

}  // namespace detail

/// Runs both tasks until one of them ends, and destroys the other one.
/// Returns: what the first one returned; throws what it threw. If both may go on, coin() says which does first.
template <class A, class B>
Task<std::variant<Value<A>, Value<B>>> select(Task<A> left, Task<B> right) {
  return detail::first_of(coin(), std::move(left), std::move(right));
}

/// Runs the task, and destroys it if it has not ended when `ticks` are over.
/// Returns: what it returned, none if it was destroyed; throws what it threw. At the last tick the task goes on first.
template <class T>
Task<std::optional<Value<T>>> timeout(Timers& timers, Timers::Tick ticks, Task<T> task) {
  auto first = co_await detail::first_of(false, std::move(task), detail::sleep(timers, ticks));
  if (first.index() == 1) co_return std::nullopt;
  co_return std::move(std::get<0>(first));
}

}  // namespace mini
