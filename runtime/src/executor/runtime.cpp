#include "executor.hpp"
#include "processors.hpp"

#include <corokit/runtime.hpp>

#include <sys/prctl.h>
#include <algorithm>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace corokit {

namespace detail {
void use_precise_timers() noexcept {
  ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}
}  // namespace detail

Runtime Runtime::multi_thread(std::size_t workers, RuntimeOptions options) {
  return builder()
      .multi_thread()
      .workers(workers)
      .on_unhandled_exception(std::move(options.on_unhandled_exception))
      .build();
}

Runtime Runtime::global_queue(std::size_t workers, RuntimeOptions options) {
  return builder()
      .global_queue()
      .workers(workers)
      .on_unhandled_exception(std::move(options.on_unhandled_exception))
      .build();
}

Runtime Runtime::current_thread(RuntimeOptions options) {
  return builder().current_thread().on_unhandled_exception(std::move(options.on_unhandled_exception)).build();
}

std::size_t Runtime::default_workers() noexcept {
  constexpr std::size_t kMostWorkers = 1024;
  std::size_t workers = std::min(detail::allowed_processors(), kMostWorkers);
  try {
    if (const std::size_t quota = detail::processor_quota("/"); quota != 0)
      workers = std::min(workers, quota);
  } catch (const std::exception&) {
    // Without memory to read the quota, it is taken as none.
  }
  return workers;
}

Runtime::Runtime(std::unique_ptr<detail::Executor> executor) noexcept : executor_(std::move(executor)) {}
Runtime::Runtime(Runtime&&) noexcept = default;
Runtime& Runtime::operator=(Runtime&& other) noexcept {
  // This comes before any change: a thread inside block_on() may be reading the member.
  if (executor_) static_cast<void>(detail::may_end_here(*executor_, "Runtime"));
  const auto old = std::exchange(executor_, std::move(other.executor_));
  return *this;
}
Runtime::~Runtime() {
  // A task that called std::exit() is still on the stack of this thread: its runtime stays as it is.
  if (executor_ && !detail::may_end_here(*executor_, "Runtime")) static_cast<void>(executor_.release());
}

bool Runtime::shutdown(AnyDuration limit) {
  if (!executor_) return true;
  static_cast<void>(detail::may_end_here(*executor_, "Runtime"));
  // Both threads own the promise, since either may end first.
  const auto ended = std::make_shared<std::promise<void>>();
  const std::future<void> end = ended->get_future();
  std::thread([executor = executor_.get(), ended] {
    delete executor;
    ended->set_value();
  }).detach();
  static_cast<void>(executor_.release());  // only now is there a thread that owns it
  // The standard library adds the limit to the time of a clock, and does not check for overflow.
  constexpr Duration kForEver = std::chrono::years(100);
  return end.wait_for(std::min<Duration>(limit, kForEver)) == std::future_status::ready;
}

detail::Scheduler& Runtime::scheduler() {
  if (!executor_) throw std::logic_error("corokit: this Runtime was shut down or moved from");
  return *executor_;
}

Handle Runtime::handle() const {
  if (!executor_) throw std::logic_error("corokit: this Runtime was shut down or moved from");
  return Handle(executor_->link());
}

std::size_t Runtime::approx_alive_tasks() const noexcept {
  return executor_ ? executor_->tasks().approx_size() : 0;
}

TaskDump Runtime::dump() const {
  return executor_ ? detail::dump_tasks(*executor_, Clock::now()) : TaskDump{.time = Clock::now()};
}

RuntimeMetrics Runtime::metrics() const {
  RuntimeMetrics metrics;
  if (!executor_) return metrics;
  metrics.alive_tasks = executor_->tasks().approx_size();
  metrics.spawned_tasks = executor_->tasks().approx_total();
  metrics.unhandled_exceptions = executor_->unhandled().count.load(std::memory_order_relaxed);
  executor_->measure(metrics);
  return metrics;
}

}  // namespace corokit
