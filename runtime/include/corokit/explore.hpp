#pragma once
#include <corokit/task.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// Plays a program of tasks on every schedule within bounds, in virtual time, until one breaks it: for tests of one's own
/// coroutines. The macro COROKIT_EXPLORE of <corokit/explore_test.hpp> makes a GoogleTest of it.
/// Example: runtime/examples/explored_test.cpp
namespace corokit::explorer {

/// Which schedules are played.
enum class Search : std::uint8_t {
  thorough,  ///< depth_first; if that cannot play all within half of the budget, then pct and random
  depth_first,  ///< all within the bounds, first those without a preemption, then those with one, and so on; fails if
                ///< options.schedules is too small for that
  pct,  ///< by random priorities that change a few times: finds a mistake of a small depth with a known probability
  random,  ///< each choice at random
};

/// What is played, and how much of it.
struct Options {
  Search search = Search::thorough;
  /// How many times a schedule may let a task give way although it could go on, at most: the bound of depth_first.
  unsigned preemptions = 3;
  /// How many loads of a schedule may give a value that is not the newest. Counts for programs of threads only.
  unsigned stale_loads = 1;
  /// How many waits of a schedule may end for nothing. Counts for programs of threads only.
  unsigned spurious_wakes = 0;
  /// The number of schedules that are played at most.
  std::uint64_t schedules = 10'000;
  /// Decides what is random; the same seed gives the same schedules.
  std::uint64_t seed = 1;
  /// The depth of pct: how many events must come in one order for the mistake to show. At least 1.
  unsigned depth = 3;
  /// The number of steps after which a schedule counts as endless.
  std::uint64_t max_steps = 20'000;
  /// What reached() must have been called with, in some schedule.
  std::vector<std::string> must_reach = {};
  /// Whether an exception may escape a task whose handle is gone: it is no failure then.
  bool allow_unseen_exceptions = false;
  /// The token of the only schedule that is played; empty for all.
  std::string replay = {};
  /// The file that gets the recording of the schedule that fails, or is replayed, for `./moulinette replay`; empty for none.
  std::string record = {};
  /// The name of the program in reports.
  std::string name = {};
};

/// Returns: the options, changed by the variables of the environment COROKIT_EXPLORE_SEARCH (thorough, depth_first, pct,
///   random), _PREEMPTIONS, _STALE_LOADS, _SPURIOUS_WAKES, _SCHEDULES, _SEED, _DEPTH, _REPLAY and _RECORD.
/// Throws: std::invalid_argument if one of them has a value that means nothing.
Options with_environment(Options options);

/// What was found.
struct Report {
  /// The number of schedules that were played.
  std::uint64_t schedules = 0;
  /// Whether all schedules within `coverage` were played.
  bool exhausted = false;
  /// What was played, in words: "all 795 schedules with at most 2 preemptions".
  std::string coverage;
  /// What broke, in words, and in which schedule, drawn; empty if nothing did.
  std::string failure;
  /// The schedule that failed, without the choices that it does not need; empty if none did.
  std::string token;
};

/// Plays a program on schedules until one fails. `program` is called anew for each; what the tasks share it makes each
/// time. When the program's own task is over, those that are left are dropped.
///
/// A schedule fails by a deadlock, a lost wake-up (a task waits although what it waits for is there), a livelock (more than
/// max_steps steps), a leak of frames or memory, an exception that escapes a task, or a require() that does not hold.
/// Memory that leaks is looked for in processes of one thread. Memory that is used after it was freed is found by a build
/// with -fsanitize=address. A schedule that crashes the process is named on the standard error.
///
/// Requires: the program is deterministic, apart from what the schedule decides. A report says so if it is not.
/// Thread-safety: any thread; one exploration at a time in each.
/// Complexity: at most options.schedules schedules, and some to make the one that fails short.
Report explore(const Options& options, const std::function<Task<void>()>& program);

/// Fails the schedule unless `holds`; `what` says in words what has to hold. The schedule ends with the turn of the task.
/// Thread-safety: tasks of an explored program. Elsewhere it ends the process if `holds` is false.
void require(bool holds, std::string_view what);

/// Returns: whether this schedule has failed. What a loop finds that goes on after that means nothing.
/// Thread-safety: tasks of an explored program; it returns false elsewhere.
bool failed() noexcept;

/// Says that this schedule got somewhere, if `holds`. An exploration in which it never held fails: it was too weak, or what
/// it looks for cannot happen.
/// Thread-safety: tasks of an explored program; it does nothing elsewhere.
void reached(std::string_view what, bool holds = true);

/// Draws a number in the timeline from now on, as a row of its own: the free permits, the length of a queue.
/// Thread-safety: tasks of an explored program; it does nothing elsewhere.
void note(std::string_view name, std::int64_t value);

/// Returns: a number below `count`, another one in each schedule, so that all of them are tried: what the program may do.
/// Requires: 1 ≤ count < 2^32.
/// Thread-safety: tasks of an explored program; it returns 0 elsewhere.
std::size_t choose(std::size_t count);

}  // namespace corokit::explorer

namespace corokit::detail {
/// Fails the schedule that is played; `what` says what broke. See explorer::require().
void fail_schedule(std::string_view what);
}  // namespace corokit::detail
