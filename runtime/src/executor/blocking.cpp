#include <corokit/detail/executor/blocking.hpp>
#include <corokit/runtime.hpp>

#include <stdexcept>
#include <string>

namespace corokit::detail {

void refuse_blocking(const char* call) {
  const Context* context = current_context();
  if (context && context->must_not_block())
    throw std::logic_error(std::string("corokit: ") + call +
                           " was called from inside a runtime, where it would block a worker: co_await the "
                           "call of the same name without blocking_, or call it from spawn_blocking()");
}

void refuse_nesting() {
  const Context* context = current_context();
  if (context && context->must_not_block())
    throw std::logic_error(
        "corokit: block_on was called from inside a runtime, where it would block a worker: "
        "co_await the task instead");
}

void throw_runtime_ended() {
  throw std::runtime_error("corokit: the runtime ended before the task that block_on waits for");
}

Scheduler* simulation_around() noexcept {
  const Context* context = current_context();
  return context && context->virtual_now && !context->timers ? context->scheduler : nullptr;
}

void throw_simulation_ended(const char* call) {
  throw std::runtime_error(std::string("corokit: the simulation ended while ") + call +
                           " waited in a function of spawn_blocking()");
}

void run_blocking(Task<void> task, const char* call) {
  if (Scheduler* simulation = simulation_around())
    block_in_simulation(*simulation, std::move(task), call);
  else
    block_on(std::move(task));
}

}  // namespace corokit::detail
