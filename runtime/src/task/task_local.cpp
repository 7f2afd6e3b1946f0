#include <corokit/task_local.hpp>

#include <stdexcept>

namespace corokit::detail {

void* task_local_value(const void* key) noexcept {
  const Context* const context = current_context();
  if (!context || !context->turn || !context->turn->task.has_settings) return nullptr;
  const Setting* const setting = Setting::find(context->turn->running, key);
  return setting ? setting->value() : nullptr;
}

void throw_no_task_local() {
  throw std::logic_error("corokit: TaskLocal::get() was called outside of a with() of the same key");
}

}  // namespace corokit::detail
