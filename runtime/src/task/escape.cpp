#include <corokit/detail/task/escape.hpp>
#include <corokit/unhandled_exception.hpp>

#include <cstdio>

namespace corokit::detail {

void report_unhandled(TaskHeader& task, const std::exception_ptr& exception) noexcept {
  UnhandledExceptions* const unhandled = task.escape ? task.escape->unhandled.get() : nullptr;
  // Relaxed: the count is a number for metrics.
  if (unhandled) unhandled->count.fetch_add(1, std::memory_order_relaxed);
  const UnhandledException report{TaskId{task.id}, task.escape ? task.escape->name : "",
                                  JoinError(exception, TaskId{task.id})};
  if (unhandled && unhandled->handler) return unhandled->handler(report);
  std::fprintf(stderr, "corokit: an exception ended task %llu%s%s%s, and nobody took it: %s\n",
               static_cast<unsigned long long>(task.id), report.name.empty() ? "" : " (", report.name.c_str(),
               report.name.empty() ? "" : ")", report.error.message().c_str());
}

}  // namespace corokit::detail
