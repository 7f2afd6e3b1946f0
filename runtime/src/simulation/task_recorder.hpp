#pragma once
#include "recording.hpp"

#include <corokit/time/clock.hpp>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace corokit::sim {

/// Writes down what the tasks of a simulation do, for a Recording.
class TaskRecorder {
 public:
  /// The steps beyond so many at the beginning, and at least so many at the end, are left out.
  static constexpr std::size_t kFirst = 400;
  static constexpr std::size_t kLast = 800;

  /// Times count from `beginning`.
  TaskRecorder(explorer::Recording& recording, Instant beginning);

  /// A turn of a task begins; task 0 stands for a function of spawn_blocking().
  void begin_turn(std::uint64_t task, const std::string& name, Instant now);
  /// The turn ends before its `await`-th await, from 1, because other tasks are to run first.
  void give_way(int await);
  void wait(const char* where);
  /// The turn ends, and the task goes on waiting as before: it joins several others, one of which is over.
  void wait_again();
  void yield();
  void finish();
  /// `task` becomes ready; `by` is the task that runs, and 0 if it is a timer.
  void wake(std::uint64_t task, std::uint64_t by, const std::string& name, Instant now);
  void note(const std::string& name, std::int64_t value, Instant now);
  /// Something that the program says of itself.
  void say(const std::string& text);
  /// Ends all bars.
  void end(Instant now);

 private:
  struct Lane {
    std::size_t index = 0;
    std::size_t span = kNone;        // the one that has not ended
    std::size_t wait = kNone;        // the last one in which it waits
    std::vector<std::size_t> since;  // those after it
  };
  static constexpr std::size_t kNone = ~std::size_t{0};

  Lane& lane_of(std::uint64_t task, const std::string& name);
  void begin_span(Lane& lane, explorer::Recording::State state, std::string what);
  void add(std::string operation);

  explorer::Recording& recording_;
  const Instant beginning_;
  std::int64_t time_ = 0;
  std::unordered_map<std::uint64_t, Lane> lanes_;
  Lane* running_ = nullptr;  // an element of lanes_, whose elements do not move
  std::string switched_;     // why the last turn ended
  std::size_t last_lane_ = kNone;
};

}  // namespace corokit::sim
