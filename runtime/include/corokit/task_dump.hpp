#pragma once
#include <corokit/detail/config.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace corokit {

namespace detail {
class Scheduler;
}  // namespace detail

/// Where an operation waits. It is the operation of a task, or one of those that a wait of the task combines.
struct TaskWait {
  /// What is awaited, "Mutex::lock". Where that is a coroutine, it is what the innermost coroutine awaits.
  /// It is valid as long as the program runs.
  const char* where = "";
  /// When the wait began, in whole milliseconds. It is the beginning of the turn in which it began, or of an earlier one: not each
  /// turn reads the clock. So the wait seems longer by the time that a turn took before it waited; and by
  /// that of up to 61 turns if they take less than a millisecond each, or have only begun to take more. An
  /// operation that is combined with others, and is not a coroutine, is taken to be as old as the wait that
  /// combines it.
  Instant since{};
  /// The task whose end is awaited, if it is a JoinHandle. It may be one of another runtime, or stand for a
  /// function of spawn_blocking().
  std::optional<TaskId> for_task = {};
  /// When it ends by itself, if it is a sleep. The wait of a timeout has one among its branches.
  std::optional<Instant> until = {};
  /// The operations that a select(), join(), timeout() and the like combine, and that have begun and are not
  /// over.
  std::vector<TaskWait> branches = {};
  /// How many operations are left out there: those beyond the 32nd, and those nested more than twelve deep.
  std::size_t more = 0;
};

/// One task of a TaskDump.
struct DumpedTask {
  /// What the task did at the moment when it was looked at.
  enum class State : std::uint8_t {
    waiting,  ///< it is suspended
    ready,    ///< it is in a queue; or it runs, and was woken once more meanwhile
    running,  ///< a thread runs it, or blocks in it
  };

  TaskId id{};
  std::string name = {};  ///< the name that it was spawned with; empty without one
  State state = State::waiting;
  std::optional<TaskWait> wait = {};  ///< where it waits; none unless it is waiting
};

/// What the tasks of a runtime do: a snapshot for people, of a program that does not go on, say. The
/// functions dump() of Runtime, Handle and Simulation make it; RuntimeBuilder::dump_on_signal() has it
/// printed.
///
///     4 tasks: 3 wait, 1 is ready
///       task 1 (accept) waits in the readiness of a descriptor, for 2.04 s
///       task 2 (session) waits in timeout, for 12 ms:
///         mpsc::Receiver::recv, for 12 ms
///         sleep, for 12 ms, 488 ms to go
///       task 3 (session) is ready
///       task 4 waits in JoinHandle, for 1.5 s, for task 2 (session)
///
/// It is not the state of one moment: each task is looked at by itself, while the others run. A task that
/// ends meanwhile may be left out, and one that starts meanwhile is.
///
/// It is a value. Thread-safety: as of a std::vector.
struct TaskDump {
  Instant time{};                      ///< when it was made
  std::vector<DumpedTask> tasks = {};  ///< those that were not over, in the order of their ids

  /// Returns: the lines above, each with a line feed.
  /// Throws: std::bad_alloc.
  /// Complexity: O(tasks and their operations).
  std::string to_string() const;
};

/// Prints dump.to_string().
std::ostream& operator<<(std::ostream& out, const TaskDump& dump);

namespace detail {

/// Looks at all tasks of a runtime. `now`: its time.
/// Thread-safety: any thread. The dumps of a runtime are made one after the other.
TaskDump dump_tasks(Scheduler& runtime, Instant now);

}  // namespace detail
}  // namespace corokit
