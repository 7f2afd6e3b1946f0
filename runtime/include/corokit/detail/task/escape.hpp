#pragma once
#include <corokit/detail/sync/atomic.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>

namespace corokit {

struct UnhandledException;

namespace detail {

class TaskHeader;

/// What a runtime does with exceptions that nobody takes, and how many there were.
struct UnhandledExceptions {
  std::function<void(const UnhandledException&)> handler;  ///< set before the first task; empty: the default
  Atomic<std::uint64_t> count{0};
};

/// What is still to be known of a task that an exception ended. Its handle may outlive the runtime.
struct Escape {
  std::shared_ptr<UnhandledExceptions> unhandled;
  std::string name;
};

/// Tells the runtime of the task that nobody takes the exception that ended it.
void report_unhandled(TaskHeader& task, const std::exception_ptr& exception) noexcept;

}  // namespace detail
}  // namespace corokit
