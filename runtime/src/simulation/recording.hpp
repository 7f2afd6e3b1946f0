#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace corokit::explorer {

/// What happened in one schedule, for people: the table, the timeline, the page and the trace are drawn from it.
///
/// A lane is a thread or a task. Times are nanoseconds of virtual time since the schedule began; where threads are
/// explored there is no time, and each step takes one nanosecond.
struct Recording {
  /// One operation of a lane, in the order in which they happened: a row of the table.
  struct Step {
    std::size_t lane = 0;
    std::int64_t time = 0;
    std::string place;   // "oneshot.hpp:25"; empty if it is not known
    std::string source;  // the text of that line; empty if it is not known
    std::string
        operation;  // "exchange, acquire: saw 0 (initial), wrote 2"; of a task: "waits in Semaphore::acquire"
    /// Why the lane of the step before stopped, without its name: "waits for thread 1", "taken off", "finished". Empty
    /// if the lane just goes on. It begins with "waits" if, and only if, that lane waits.
    std::string switched;
    std::vector<std::pair<std::string, std::string>>
        values;                        // what has a new value: {"state_ (oneshot.hpp:12)", "2"}
    std::vector<std::size_t> wakes{};  // the lanes that can run because of this step
  };
  enum class State {
    ready,     // it could run, but another one does
    running,   // of a task: also the time that it spends in sleep(), which stands for work
    waiting,   // for something that another lane does
    finished,  // from here on nothing happens to it
  };
  /// A stretch of a lane's time: a bar of the timeline. Those of one lane do not overlap, and are in order.
  struct Span {
    std::size_t lane = 0;
    std::int64_t begin = 0;
    std::int64_t end = 0;  // at least begin
    State state = State::running;
    std::string what;  // "sleep", "Semaphore::acquire"; empty where the state says all
  };
  /// A number that changes: a row of its own in the timeline, such as the free permits.
  struct Series {
    std::string name;
    std::vector<std::pair<std::int64_t, std::int64_t>> values;  // {time, value}, in the order of time
  };

  std::string test;                // what was explored: "Mutex.ExcludesTheOther"; may be empty
  std::string token;               // the schedule: see token()
  bool in_virtual_time = false;    // whether the lanes are tasks, and times mean something
  std::vector<std::string> lanes;  // their names: "receiver", "task 3 (agent 1)"
  std::vector<Step> steps;
  std::vector<Span> spans;
  std::vector<Series> series;
  std::size_t left_out = 0;     // the number of steps between the first and the last ones that were not kept
  std::size_t left_out_at = 0;  // they would stand before this step
  std::string finding;          // what broke, the last row: "a data race: …"; empty if nothing did
  /// The steps that the finding is about, as places in `steps`, such as both accesses of a race. The last one broke it.
  /// Empty if no step did, as in a deadlock.
  std::vector<std::size_t> broken_at;

  /// Returns: the number that people see for the step at a place in `steps`: how many steps came before it.
  std::size_t number(std::size_t place) const noexcept {
    return place < left_out_at ? place : place + left_out;
  }
};

}  // namespace corokit::explorer
