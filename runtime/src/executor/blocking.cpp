#include <corokit/detail/executor/blocking.hpp>
#include <corokit/runtime.hpp>

#include <stdexcept>
#include <string>

namespace corokit::detail {

void refuse_blocking(const char* call) {
  // A thread of spawn_blocking() has a context without timers, and may block.
  const Context* context = current_context();
  if (context && context->timers)
    throw std::logic_error(std::string("corokit: ") + call +
                           " was called from inside a runtime, where it would block a worker: co_await the "
                           "call of the same name without blocking_, or call it from spawn_blocking()");
}

void run_blocking(Task<void> task) {
  block_on(std::move(task));
}

}  // namespace corokit::detail
