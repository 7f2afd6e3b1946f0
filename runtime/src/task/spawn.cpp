#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/detail/task/turn.hpp>
#include <corokit/spawn.hpp>

#include <stdexcept>
#include <string>

namespace corokit {
namespace {

const detail::Turn* try_current_turn() noexcept {
  const detail::Context* context = detail::current_context();
  return context ? context->turn : nullptr;
}

const detail::Turn& current_turn(const char* what) {
  if (const detail::Turn* turn = try_current_turn()) return *turn;
  throw std::logic_error(std::string("corokit: ") + what + " was called outside of a task");
}

}  // namespace

TaskId current_task_id() {
  return TaskId{current_turn("current_task_id").task.id};
}

std::optional<TaskId> try_current_task_id() noexcept {
  const detail::Turn* turn = try_current_turn();
  return turn ? std::optional(TaskId{turn->task.id}) : std::nullopt;
}

std::string current_task_name() {
  const detail::Turn& turn = current_turn("current_task_name");
  return turn.context.scheduler->tasks().name_of(turn.task);
}

}  // namespace corokit
