#pragma once
// Drives one awaitable by hand, a turn at a time, as tokio-test's task::spawn does for a future:
//   pending = suspended, woken = handed to the executor and not run since, ready = past its co_await.
#include <corokit/detail/task/operand.hpp>
#include <corokit/detail/time/timer_wheel.hpp>
#include <corokit/spawn.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace corokit::test {

/// An executor that runs nothing by itself: it keeps what is scheduled until the test runs it. Tasks that the
/// probed code spawns stay in line until run_all().
class ManualExecutor final : public detail::Scheduler {
 public:
  ManualExecutor() : wheel_(0, Clock::now()) {
    context_.scheduler = this;
    context_.timers = &wheel_;
    context_.virtual_now = &now_;
  }
  ~ManualExecutor() {
    detail::EnterContext entered(context_);
    tasks().close_and_abort_all();
    while (!scheduled_.empty()) run(*scheduled_.back());
  }

  void schedule(detail::TaskHeader& task) noexcept override {
    ++schedules_;
    scheduled_.push_back(&task);
  }
  void submit(detail::BlockingJob& job) override { job.run(job, false); }

  bool is_scheduled(const detail::TaskHeader& task) const {
    return std::find(scheduled_.begin(), scheduled_.end(), &task) != scheduled_.end();
  }
  /// Runs one turn of the task, which must be scheduled.
  void run(detail::TaskHeader& task) {
    scheduled_.erase(std::find(scheduled_.begin(), scheduled_.end(), &task));
    detail::EnterContext entered(context_);
    if (detail::run_turn(task, context_) == detail::TurnEnd::again) schedule(task);
  }
  /// Runs whatever is scheduled until nothing is.
  void run_all() {
    while (!scheduled_.empty()) run(*scheduled_.front());
  }
  std::size_t schedules() const noexcept { return schedules_; }
  void set_budget(int budget) noexcept { context_.budget = budget; }
  detail::Context& context() noexcept { return context_; }

 private:
  Instant now_ = Clock::now();
  detail::TimerWheel wheel_;
  detail::Context context_;
  std::vector<detail::TaskHeader*> scheduled_;
  std::size_t schedules_ = 0;
};

/// One operation, held at its suspension point. Not a coroutine's business to move: keep it where it was
/// made.
///
///     Probe probe(semaphore.acquire());
///     EXPECT_TRUE(probe.is_pending());   // the first poll
///     semaphore.add_permits(1);
///     EXPECT_TRUE(probe.is_woken());
///     EXPECT_TRUE(probe.poll());
///     auto permit = probe.take();
template <class Awaitable>
class Probe {
 public:
  using Value = detail::Output<Awaitable>;

  explicit Probe(Awaitable awaitable)
      : handle_(detail::spawn_on(executor_, hold(*this, std::move(awaitable)))) {}
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  ~Probe() { drop(); }

  /// Runs one turn, if the operation has been woken (or never run). Returns: is it ready?
  bool poll() {
    if (!dropped_ && executor_.is_scheduled(handle_.cell())) executor_.run(handle_.cell());
    polled_ = true;
    wakes_seen_ = executor_.schedules();
    return is_ready();
  }
  /// Polls once if it never was, then: is it suspended?
  bool is_pending() {
    if (!polled_) poll();
    return !is_ready();
  }
  bool is_ready() const { return done_; }
  /// Woken since the last poll?
  bool is_woken() const { return wake_count() != 0; }
  /// Times it was handed to the executor since the last poll.
  std::size_t wake_count() const { return executor_.schedules() - wakes_seen_; }
  /// Drops the operation where it stands, as select or abort would.
  void drop() {
    if (std::exchange(dropped_, true)) return;
    handle_.abort();
    if (executor_.is_scheduled(handle_.cell())) executor_.run(handle_.cell());
    handle_.detach();
  }
  /// The result. Requires: is_ready().
  Value take() {
    Value value = std::move(*value_);
    value_.reset();
    return value;
  }
  ManualExecutor& executor() noexcept { return executor_; }

 private:
  static Task<void> hold(Probe& self, Awaitable awaitable) {
    if constexpr (std::is_same_v<Value, Unit>) {
      co_await std::move(awaitable);
      self.value_.emplace();
    } else {
      self.value_.emplace(co_await std::move(awaitable));
    }
    self.done_ = true;
  }

  ManualExecutor executor_;
  std::optional<Value> value_;
  bool done_ = false;
  bool polled_ = false;
  std::size_t wakes_seen_ = 0;
  bool dropped_ = false;
  JoinHandle<void> handle_;
};

}  // namespace corokit::test
