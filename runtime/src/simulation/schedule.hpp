#pragma once
#include "choices.hpp"
#include "recording.hpp"

#include <functional>
#include <set>
#include <string>
#include <utility>

namespace corokit::sim {
class TaskRecorder;
}

namespace corokit::explorer {

/// What reached() was called with in the schedules so far.
struct Goals {
  using Names = std::set<std::string, std::less<>>;
  Names reached;  // what held
  Names missed;   // what did not, in some schedule
};

/// A schedule while it is played.
struct Schedule {
  Schedule(Choices& source, Goals& goals_of_all) noexcept : choices(source), goals(goals_of_all) {}
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  Choices& choices;
  Goals& goals;
  Recording* recording = nullptr;         // where what happens is written down, if anywhere
  sim::TaskRecorder* recorder = nullptr;  // that of the simulation that plays it, while it writes
  std::string failure;                    // the first that require() has found; the schedule ends then
  bool has_threads = false;  // whether a function of spawn_blocking() ran, on a thread of its own
  bool ends_all =
      true;  // whether a failure ends all tasks, and not only that of run(): nothing is played after it
  bool finds_lost_wakeups =
      false;  // whether a deadlock asks each wait whether it is over: what that takes is lost

  /// Returns: the one that the calling thread plays; null if there is none.
  static Schedule* current() noexcept { return current_; }

 private:
  friend class EnterSchedule;
  static thread_local Schedule* current_;
};

/// Makes a schedule current for a scope.
class [[nodiscard]] EnterSchedule {
 public:
  explicit EnterSchedule(Schedule& schedule) noexcept
      : outer_(std::exchange(Schedule::current_, &schedule)) {}
  EnterSchedule(const EnterSchedule&) = delete;
  EnterSchedule& operator=(const EnterSchedule&) = delete;
  ~EnterSchedule() { Schedule::current_ = outer_; }

 private:
  Schedule* outer_;
};

}  // namespace corokit::explorer
