#pragma once
#include <corokit/clock.hpp>
#include <corokit/detail/scheduler.hpp>
#include <corokit/detail/timer_wheel.hpp>
#include <corokit/detail/turn.hpp>
#include <corokit/metrics.hpp>

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

inline constexpr unsigned kTickShift = 15;              // timers: a tick is 2^15 ns = 32.8 µs
inline constexpr std::uint32_t kFairnessInterval = 61;  // turns between two looks at what comes from outside

/// Tasks linked through their headers, first in, first out. One thread at a time.
class TaskQueue {
 public:
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
    if (!first_) last_ = nullptr;
    --size_;
    return task;
  }
  /// Moves all of `other` behind what is here.
  void append(TaskQueue& other) noexcept {
    if (other.empty()) return;
    (last_ ? last_->next_scheduled : first_) = other.first_;
    last_ = other.last_;
    size_ += other.size_;
    other = TaskQueue{};
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
