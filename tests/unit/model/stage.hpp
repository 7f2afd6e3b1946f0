#pragma once
#include <corokit/detail/scheduler.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>

#include <utility>

#include "explore.hpp"

namespace corokit::model {

/// An executor of one task, which runs on the thread that this belongs to; anybody may wake it.
class Stage final : public detail::Scheduler {
 public:
  void schedule(detail::TaskHeader& task) noexcept override {
    // [queue] release. Pairs with: [queue] acquire in run().
    require(queued_.exchange(&task, std::memory_order_release) == nullptr, "a task is queued once");
  }
  void submit(detail::BlockingJob&) override { require(false, "nothing blocks here"); }

  /// Runs the task to its end. One that nobody wakes is a livelock.
  template <class T>
  void run(const JoinHandle<T>& handle) {
    while (!handle.is_finished()) {
      detail::TaskHeader* task = queued_.exchange(nullptr, std::memory_order_acquire);
      if (!task) {
        detail::cpu_relax();
        continue;
      }
      detail::Context context;
      context.scheduler = this;
      detail::EnterContext entered(context);
      if (detail::run_turn(*task, context) == detail::TurnEnd::again) schedule(*task);
    }
  }

 private:
  detail::Atomic<detail::TaskHeader*> queued_{nullptr};
};

/// Runs a task on the calling thread, to its end.
template <class T>
void run(Task<T> task) {
  Stage stage;
  stage.run(detail::spawn_on(stage, std::move(task)));
}

}  // namespace corokit::model
