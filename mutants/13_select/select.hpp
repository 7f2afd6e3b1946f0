#pragma once
#include <13_select/given.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <variant>

namespace mini {
namespace detail {

/// Says which branches of a select are woken, and whether its job sleeps until one is.
class Woken {
 public:
  /// The branches run as parts of this job.
  explicit Woken(Job& job) noexcept : job_(job) {}

  /// A branch is woken, on any thread. Only the first one of those that find the job asleep wakes it: it is woken once
  /// for each time that it falls asleep, however many branches are.
  void add(unsigned branch) noexcept {
    if (word_.fetch_or(branch) == kAsleep) job_.wake();
  }

  /// Returns: those that were woken since the last call.
  unsigned take() noexcept { return word_.exchange(0); }

  /// For co_await: until a branch is woken. If one has been woken already, the job lets others run first.
  auto sleep() noexcept {
    struct Sleep {
      explicit Sleep(Woken& the_woken) noexcept : woken(the_woken) {}
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> here) const noexcept {
        Job& job = suspend_in(here);
        unsigned nobody = 0;
        if (!woken.word_.compare_exchange_strong(nobody, kAsleep)) job.wake();
      }
      void await_resume() const noexcept {}
      Woken& woken;
    };
    return Sleep(*this);
  }

  static constexpr unsigned kLeft = 1;
  static constexpr unsigned kRight = 2;

 private:
  static constexpr unsigned kAsleep = 4;

  Job& job_;
  std::atomic<unsigned> word_ = kLeft | kRight;  // both begin
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
  Branch<A> left(woken, Woken::kLeft, std::move(a));
  Branch<B> right(woken, Woken::kRight, std::move(b));
  for (;;) {
    const unsigned those = woken.take();
    if (right_first && right.go_on(those)) co_return Result(std::in_place_index<1>, value_of(right.task));
    if (left.go_on(those)) co_return Result(std::in_place_index<0>, value_of(left.task));
    if (!right_first && right.go_on(those)) co_return Result(std::in_place_index<1>, value_of(right.task));
    co_await woken.sleep();
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
