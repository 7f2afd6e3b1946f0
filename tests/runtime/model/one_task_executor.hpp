#pragma once
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>

#include <utility>

#include "explorer/explore.hpp"
#include "explorer/seam.hpp"

namespace corokit::model {

/// An executor of one task: it is queued in one place, and whoever runs the executor and finds it there runs it. Anybody may
/// wake it.
class OneTaskExecutor final : public detail::Scheduler {
 public:
  ~OneTaskExecutor() {
    require(queued_.load(std::memory_order_acquire) == nullptr, "a task that is over is queued nowhere");
  }
  void schedule(detail::TaskHeader& task) noexcept override {
    // [queue] release. Pairs with: [queue] acquire in run_one().
    require(queued_.exchange(&task, std::memory_order_release) == nullptr, "a task is queued once");
  }
  void submit(detail::BlockingJob&) override { require(false, "nothing blocks here"); }

  /// One turn, if the task is queued. Returns: false if it was not.
  bool run_one() {
    detail::TaskHeader* task = queued_.exchange(nullptr, std::memory_order_acquire);
    if (!task) return false;
    detail::Context context;
    context.scheduler = this;
    detail::EnterContext entered(context);
    if (detail::run_turn(*task, context) == detail::TurnEnd::again) schedule(*task);
    return true;
  }

  /// Runs the task to its end; several threads may do so. One that nobody wakes is a livelock.
  template <class T>
  void run(const JoinHandle<T>& handle) {
    while (!handle.is_finished())
      if (!run_one()) detail::cpu_relax();
  }

 private:
  detail::Atomic<detail::TaskHeader*> queued_{nullptr};
};

/// Runs a task on the calling thread, to its end.
template <class T>
void run(Task<T> task) {
  OneTaskExecutor executor;
  executor.run(detail::spawn_on(executor, std::move(task)));
}

/// The same, while one thread does something and another aborts the task.
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
