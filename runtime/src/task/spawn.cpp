#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/spawn.hpp>

#include <stdexcept>
#include <string>

namespace corokit {
namespace {

detail::Turn& current_turn(const char* what) {
  const detail::Context* context = detail::current_context();
  if (!context || !context->turn)
    throw std::logic_error(std::string("corokit: ") + what + " was called outside of a task");
  return *context->turn;
}

}  // namespace

TaskId current_task_id() {
  return TaskId{current_turn("current_task_id").task.id};
}

std::string current_task_name() {
  const detail::Turn& turn = current_turn("current_task_name");
  return turn.context.scheduler->tasks().name_of(turn.task);
}

}  // namespace corokit
