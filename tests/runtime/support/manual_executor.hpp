#pragma once
#include <corokit/detail/io/io_driver.hpp>
#include <corokit/detail/io/io_provider.hpp>
#include <corokit/detail/time/timer_wheel.hpp>
#include <corokit/spawn.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace corokit::test {

/// An executor that runs nothing by itself: it keeps the scheduled tasks until the test runs them. Tasks that the
/// probed code spawns stay queued until run_all(). It looks at descriptors only when the test says so.
class ManualExecutor final : public detail::Scheduler, public detail::DrivesIo {
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
    end_io();
    run_blocking();
  }

  void schedule(detail::TaskHeader& task) noexcept override {
    ++schedules_;
    scheduled_.push_back(&task);
  }
  void submit(detail::BlockingJob& job) override {
    if (holds_blocking_) return held_.push_back(&job);
    job.run(job, false);
  }

  bool is_scheduled(const detail::TaskHeader& task) const {
    return std::find(scheduled_.begin(), scheduled_.end(), &task) != scheduled_.end();
  }
  /// Runs one turn of the task. Requires: the task is scheduled.
  void run(detail::TaskHeader& task) {
    scheduled_.erase(std::find(scheduled_.begin(), scheduled_.end(), &task));
    detail::EnterContext entered(context_);
    if (detail::run_turn(task, context_) == detail::TurnEnd::again) schedule(task);
  }
  /// Runs scheduled tasks until none is left.
  void run_all() {
    while (!scheduled_.empty()) run(*scheduled_.front());
  }
  std::size_t schedules() const noexcept { return schedules_; }
  /// Wakes the tasks whose descriptors are ready.
  void look_at_io() {
    detail::EnterContext entered(context_);
    detail::WakeBatch batch;
    if (detail::IoDriver* driver = io_if_any()) static_cast<void>(driver->look(batch));
  }
  /// From now on blocking functions run in run_blocking(), and not at once.
  void hold_blocking() noexcept { holds_blocking_ = true; }
  void run_blocking() {
    for (detail::BlockingJob* job : std::exchange(held_, {})) job->run(*job, false);
  }
  void set_budget(int budget) noexcept { context_.budget = budget; }
  detail::Context& context() noexcept { return context_; }

 private:
  void io_began() noexcept override {}

  Instant now_ = Clock::now();
  detail::TimerWheel wheel_;
  detail::Context context_;
  std::vector<detail::TaskHeader*> scheduled_;
  std::size_t schedules_ = 0;
  bool holds_blocking_ = false;
  std::vector<detail::BlockingJob*> held_;
};

}  // namespace corokit::test
