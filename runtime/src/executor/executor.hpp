#pragma once
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/sync/parker.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/detail/time/timer_wheel.hpp>
#include <corokit/metrics.hpp>
#include <corokit/time/clock.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace corokit::detail {

/// What a Runtime needs of an executor besides scheduling.
class Executor : public Scheduler {
 public:
  virtual ~Executor() = default;
  /// Blocks this thread until the task is over.
  virtual void wait_for(TaskHeader& task) = 0;
  /// Adds what it knows of itself.
  virtual void measure(RuntimeMetrics& metrics) const = 0;
};

/// What every worker counts.
inline WorkerMetrics metrics_of(const Context& context) {
  return {.turns = context.turns.get(), .budget_yields = context.budget_yields.get()};
}

inline constexpr unsigned kTickShift = 16;              // timers: a tick is 2^16 ns = 65.5 µs
inline constexpr std::uint32_t kFairnessInterval = 61;  // turns between two looks at what comes from outside

/// Asks early for the memory of a task that will run soon: its header and the beginning of its frame. Where many wait,
/// these are cache misses.
inline void prefetch_task(TaskHeader& task) noexcept {
  char* const begin = reinterpret_cast<char*>(&task);
  for (int line = 0; line < 4; ++line) __builtin_prefetch(begin + line * 64, 1);
}

/// Tasks linked through their headers, first in, first out. One thread at a time.
class TaskQueue {
 public:
  TaskQueue() noexcept = default;
  /// Of `count` tasks that are linked already.
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
  /// Moves all of `other` behind what is here.
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

/// How long a thread may sleep until `next`: nanoseconds for Parker::park(), negative without a limit.
inline std::int64_t time_until(std::optional<Instant> next) noexcept {
  if (!next) return -1;
  return std::max<std::int64_t>((*next - Clock::now()).count(), 0);
}

/// Lets futexes and timers of this thread wake at their time, not up to 50 µs later.
void use_precise_timers() noexcept;

/// Blocks a thread that is not a worker until a task is over.
class BlockingWaiter : JoinWaiter {
 public:
  explicit BlockingWaiter(Parker& parker) noexcept : parker_(parker) { notify = &wake; }
  JoinWaiter& as_waiter() noexcept { return *this; }

 private:
  static void wake(JoinWaiter& waiter, WakeBatch&) noexcept {
    static_cast<BlockingWaiter&>(waiter).parker_.unpark();
  }

  Parker& parker_;
};

}  // namespace corokit::detail
