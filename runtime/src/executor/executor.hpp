#pragma once
#include <corokit/detail/executor/counter.hpp>
#include <corokit/detail/executor/link.hpp>
#include <corokit/detail/executor/options.hpp>
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/io/io_provider.hpp>
#include <corokit/detail/sync/parker.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/detail/time/timer_wheel.hpp>
#include <corokit/metrics.hpp>
#include <corokit/time/clock.hpp>

#include "signal_dumper.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace corokit::detail {

/// The interface of an executor that a Runtime uses.
class Executor : public Scheduler, public DrivesIo {
 public:
  explicit Executor(ExecutorOptions&& options) : options_(std::move(options)) {
    unhandled().handler = options_.on_unhandled_exception;
    if (options_.tasks.on_start || options_.tasks.on_end) set_hooks(options_.tasks);
  }
  virtual ~Executor() = default;
  /// Fills in the metrics that the executor itself knows.
  virtual void measure(RuntimeMetrics& metrics) const = 0;
  const ExecutorOptions& options() const noexcept { return options_; }
  std::shared_ptr<RuntimeLink> link() const override { return link_; }
  /// Prints a dump for each signal of a kind from here on. Throws: as SignalDumper.
  void dump_on_signal(int kind) { signal_dumper_ = std::make_unique<SignalDumper>(link_, kind); }

 protected:
  /// A destructor calls it first: from here on, handles start nothing.
  void close_handles() noexcept { link_->close(); }
  /// A destructor calls it last: threads that are inside of a call of a handle still use this executor.
  void wait_for_handles() noexcept { link_->wait_until_left(); }

 private:
  const ExecutorOptions options_;
  const std::shared_ptr<RuntimeLink> link_ = std::make_shared<RuntimeLink>(*this);
  std::unique_ptr<SignalDumper> signal_dumper_;  // it uses the executor through link_ alone
};

/// What each executor counts of the turns of a worker.
struct TurnCounts {
  /// `budget_left`: what the turn left of its budget.
  void add(TurnEnd end, int budget_left) noexcept {
    turns.add();
    if (end == TurnEnd::again && budget_left == 0) budget_yields.add();
  }
  WorkerMetrics measure() const { return {.turns = turns.get(), .budget_yields = budget_yields.get()}; }

  Counter turns;
  Counter budget_yields;  // how many of them ended because the budget was spent
};

inline constexpr unsigned kTickShift = 16;              // a tick of the timers is 2^16 ns = 65.5 µs
inline constexpr std::uint32_t kFairnessInterval = 61;  // turns between two looks at other threads' tasks

/// Prefetches the header and the beginning of the frame of a task that will run soon. If many tasks wait, these are
/// cache misses.
inline void prefetch_task(TaskHeader& task) noexcept {
  char* const begin = reinterpret_cast<char*>(&task);
  for (std::size_t line = 0; line < 4; ++line) __builtin_prefetch(begin + line * 64, 1);
}

/// A first-in, first-out queue of tasks that are linked through their headers. One thread at a time may use it.
class TaskQueue {
 public:
  TaskQueue() noexcept = default;
  /// Makes a queue of `count` tasks that are already linked.
  TaskQueue(TaskHeader& first, TaskHeader& last, std::size_t count) noexcept
      : first_(&first), last_(&last), size_(count) {
    last.next_scheduled = nullptr;
  }

  bool empty() const noexcept { return first_ == nullptr; }
  std::size_t size() const noexcept { return size_; }

  void push(TaskHeader& task) noexcept {
    task.next_scheduled = nullptr;
    (last_ ? last_->next_scheduled : first_) = &task;
    last_ = &task;
    ++size_;
  }
  TaskHeader* pop() noexcept {
    TaskHeader* task = first_;
    if (!task) return nullptr;
    first_ = task->next_scheduled;
    if (first_)
      prefetch_task(*first_);
    else
      last_ = nullptr;
    --size_;
    return task;
  }
  /// Moves all tasks of `other` to the end of this queue.
  void append(TaskQueue& other) noexcept {
    if (other.empty()) return;
    (last_ ? last_->next_scheduled : first_) = other.first_;
    last_ = other.last_;
    size_ += other.size_;
    other = TaskQueue();
  }

 private:
  TaskHeader* first_ = nullptr;
  TaskHeader* last_ = nullptr;
  std::size_t size_ = 0;
};

/// Returns: the nanoseconds until `next`, for Parker::park(); a negative value, for no limit, if `next` is empty.
inline std::int64_t time_until(std::optional<Instant> next) noexcept {
  if (!next) return -1;
  return std::max<std::int64_t>((*next - Clock::now()).count(), 0);
}

/// Lets the kernel wake the calling thread from timed sleeps on time, and not up to 50 µs later.
void use_precise_timers() noexcept;

}  // namespace corokit::detail
