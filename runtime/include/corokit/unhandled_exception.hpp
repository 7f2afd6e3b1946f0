#pragma once
#include <corokit/join_handle.hpp>

#include <string>

namespace corokit {

/// An exception that escaped a task, or a function of spawn_blocking(), and that nobody can take any more: its handle was
/// dropped, before or after the end of the task, and no JoinError tells of it.
struct UnhandledException {
  TaskId task;       ///< which task, or which function
  std::string name;  ///< the name that spawn() was given; empty if there was none
  JoinError error;   ///< the exception
};

}  // namespace corokit
