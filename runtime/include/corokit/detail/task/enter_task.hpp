#pragma once
#include <corokit/detail/task/turn.hpp>

namespace corokit::detail {

/// Makes a task the current one of the calling thread for a scope, so that code which runs for it knows its id. It is
/// for tasks that have no turn: functions of spawn_blocking(), tasks that end before they start, and those of which only
/// the result is left. The thread need not belong to a runtime.
class [[nodiscard]] EnterTask {
 public:
  explicit EnterTask(TaskHeader& task) noexcept;
  EnterTask(const EnterTask&) = delete;
  EnterTask& operator=(const EnterTask&) = delete;
  ~EnterTask();

 private:
  Context own_;  // without a scheduler; current only where the thread has no context
  Context* const outer_;
  Context& context_;
  Turn turn_;
  Turn* const outer_turn_;
};

}  // namespace corokit::detail
