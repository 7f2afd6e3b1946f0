#pragma once
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>

#include <cstdint>
#include <utility>

#include "explorer/explore.hpp"
#include "explorer/seam.hpp"

namespace corokit::model {

/// An executor of one task. The task is queued in one slot, and any thread that runs the executor takes it from there.
/// Any thread may wake the task.
class OneTaskExecutor final : public detail::Scheduler {
 public:
  ~OneTaskExecutor() {
    require(queued_.load(std::memory_order_acquire) == nullptr, "a task that is over is not queued");
  }
  void schedule(detail::TaskHeader& task) noexcept override {
    // [queue] release. Pairs with: [queue] acquire in run_one().
    require(queued_.exchange(&task, std::memory_order_release) == nullptr, "a task is queued at most once");
  }
  void submit(detail::BlockingJob&) override { require(false, "the program has no blocking functions"); }

  /// Runs one turn if the task is queued. Returns: false if it was not.
  bool run_one() {
    detail::TaskHeader* task = queued_.exchange(nullptr, std::memory_order_acquire);
    if (!task) return false;
    detail::Context context;
    context.scheduler = this;
    detail::EnterContext entered(context);
    if (detail::run_turn(*task, context) == detail::TurnEnd::again) schedule(*task);
    return true;
  }

  /// Runs the task to its end. Several threads may do so at once. A task that no thread wakes is a livelock.
  template <class T>
  void run(const JoinHandle<T>& handle) {
    while (!handle.is_finished())
      if (!run_one()) detail::cpu_relax();
  }

 private:
  /// The place of a task among tasks() follows from its id, and must be the same on each schedule.
  std::uint64_t make_id() noexcept override { return 1; }

  detail::Atomic<detail::TaskHeader*> queued_{nullptr};
};

/// Runs a task to its end on the calling thread.
template <class T>
void run(Task<T> task) {
  OneTaskExecutor executor;
  executor.run(detail::spawn_on(executor, std::move(task)));
}

/// Runs a task to its end while one thread calls `something` and another one aborts the task.
template <class T, class F>
void run_while_aborted(Task<T> task, F something) {
  OneTaskExecutor executor;
  const auto handle = detail::spawn_on(executor, std::move(task));
  Thread other(something);
  Thread aborts([&handle] { handle.abort(); });
  executor.run(handle);
  other.join();
  aborts.join();
}

}  // namespace corokit::model
