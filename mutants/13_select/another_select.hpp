// A lock in place of one atomic word, and the select as a class with two slots. Under the lock a branch notes that it
// is woken, and takes the job that is asleep, if nobody has; so there are no combinations of bits to think about, and
// a select of five tasks is the same with five notes. What it costs: each wake takes a lock more, which the woken job
// takes as well before it goes on.
#pragma once
#include <13_select/given.hpp>

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <variant>

namespace mini {
namespace detail {

template <class A, class B>
class Race {
 public:
  using Result = std::variant<Value<A>, Value<B>>;

  Race(Task<A> left, Task<B> right) : left_(std::move(left)), right_(std::move(right)) {
    branches_[0].start(*this, left_.handle());
    branches_[1].start(*this, right_.handle());
  }
  Race(const Race&) = delete;
  Race& operator=(const Race&) = delete;

  /// Lets those go on that are woken, `first` before the other. Returns: the result of one that has ended.
  std::optional<Result> look(std::size_t first) {
    for (const std::size_t which : {first, 1 - first}) {
      Branch& branch = branches_[which];
      if (!take(branch)) continue;
      branch.run();
      if (which == 0 && left_.done()) return Result(std::in_place_index<0>, value_of(left_));
      if (which == 1 && right_.done()) return Result(std::in_place_index<1>, value_of(right_));
    }
    return std::nullopt;
  }

  class Sleep {
   public:
    explicit Sleep(Race& race) noexcept : race_(race) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> here) {
      const std::lock_guard lock(race_.mutex_);
      race_.asleep_ = &suspend_in(here);
      if (race_.branches_[0].woken || race_.branches_[1].woken) race_.wake_locked();
    }
    void await_resume() const noexcept {}

   private:
    Race& race_;
  };

 private:
  struct Branch final : Job {
    void start(Race& its_race, std::coroutine_handle<> task) noexcept {
      race = &its_race;
      leaf = task;
    }
    void wake() noexcept override {
      const std::lock_guard lock(race->mutex_);
      woken = true;
      race->wake_locked();
    }
    Race* race = nullptr;
    bool woken = true;  // each begins
  };

  void wake_locked() noexcept {
    if (Job* const job = std::exchange(asleep_, nullptr)) job->wake();
  }
  bool take(Branch& branch) {
    const std::lock_guard lock(mutex_);
    return std::exchange(branch.woken, false);
  }

  std::mutex mutex_;  // guards what is woken, and who is asleep
  Job* asleep_ = nullptr;
  std::array<Branch, 2> branches_;
  Task<A> left_;  // die before the branches that their wakers know
  Task<B> right_;
};

template <class A, class B>
Task<std::variant<Value<A>, Value<B>>> run_race(std::unique_ptr<Race<A, B>> race, std::size_t first) {
  const auto owner = std::move(race);  // dies before the result is there
  for (;;) {
    if (auto result = owner->look(first)) co_return std::move(*result);
    co_await typename Race<A, B>::Sleep(*owner);
  }
}

inline Task<> sleep(Timers& timers, Timers::Tick ticks) {
  co_await timers.sleep(ticks);
}

}  // namespace detail

template <class A, class B>
Task<std::variant<Value<A>, Value<B>>> select(Task<A> left, Task<B> right) {
  return detail::run_race(std::make_unique<detail::Race<A, B>>(std::move(left), std::move(right)),
                          coin() ? 1 : 0);
}

template <class T>
Task<std::optional<Value<T>>> timeout(Timers& timers, Timers::Tick ticks, Task<T> task) {
  auto first = co_await detail::run_race(
      std::make_unique<detail::Race<T, void>>(std::move(task), detail::sleep(timers, ticks)), 0);
  if (first.index() == 1) co_return std::nullopt;
  co_return std::move(std::get<0>(first));
}

}  // namespace mini
