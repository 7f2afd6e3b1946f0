#pragma once
#include <corokit/join_handle.hpp>
#include <corokit/time/duration.hpp>
#include <corokit/unhandled_exception.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace corokit::detail {

/// What is called where a task starts or ends. Either may be empty.
struct TaskHooks {
  std::function<void(TaskId, const std::string&)> on_start;
  std::function<void(TaskId, const std::string&)> on_end;
};

/// What an executor is told when it is made: see RuntimeBuilder. It does not change afterwards.
struct ExecutorOptions {
  std::function<void(const UnhandledException&)> on_unhandled_exception;
  TaskHooks tasks;
  std::function<std::string(std::size_t)> thread_name;
  std::function<void()> on_thread_start;
  std::function<void()> on_thread_stop;
  std::size_t blocking_limit = 512;
  Duration blocking_keep_alive = std::chrono::seconds(10);
};

}  // namespace corokit::detail
