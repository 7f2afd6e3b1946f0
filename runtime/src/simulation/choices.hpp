#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::explorer {

/// A choice that is not the default one, which is 0.
struct Deviation {
  std::size_t place;  // which choice of the schedule it is, from 0
  std::size_t choice;
  bool operator==(const Deviation&) const = default;
};

/// A schedule: how it differs from the one in which whoever runs goes on, all loads see the newest values, and nobody
/// wakes for nothing. In the order of the places.
using Deviations = std::vector<Deviation>;

/// Returns: a schedule as a short text, such as "4.1-17.2"; "0" if it has no deviation.
std::string token(const Deviations& schedule);
/// Returns: the schedule of a token; none if it is no token.
std::optional<Deviations> parse_token(std::string_view token);

/// Leaves out as many deviations as it can, so that the schedule still fails. `fails` plays a schedule.
/// Requires: `schedule` fails.
/// Complexity: O(n²) schedules for n deviations, O(n log n) if few of them matter.
/// Source: delta debugging (A. Zeller and R. Hildebrandt, "Simplifying and isolating failure-inducing input").
Deviations shrink(Deviations schedule, const std::function<bool(const Deviations&)>& fails);

/// What a choice is about. A bound limits how many choices of a kind may differ from 0 in one schedule.
enum class Kind : std::uint8_t {
  order,          // who runs next, where the one that ran cannot go on: no bound, but see Point::free
  preemption,     // whether, and for whom, the one that runs gives way although it could go on
  pause,          // before which of the awaits of its turn a task gives way: counts as a preemption
  stale_load,     // how many stores before the newest one the load sees
  spurious_wake,  // whether a wait ends for nothing
  branch,         // what the program asks at random, such as where a fair select begins: no bound
  value,          // what the program is given to work on: a random strategy draws any, and there is no bound
};
inline constexpr std::size_t kKinds = 7;

/// A choice that is to be made.
struct Point {
  Kind kind;
  std::size_t count;  // the choices are 0 to count - 1; at least 2
  /// Of the kind order: the choices from here on count as preemptions, as they overtake somebody who gave way.
  std::size_t free = std::numeric_limits<std::size_t>::max();
  /// Who runs if choice `i` is taken: a number that a task or thread keeps. Null where that is not asked; of the kind
  /// pause, `i` is 0, and it is the task that runs.
  const void* context = nullptr;
  std::uint64_t (*runner)(const void* context, std::size_t i) = nullptr;
};

/// Decides the schedules, one after another.
class Strategy {
 public:
  virtual ~Strategy() = default;
  /// Returns: a number below point.count. It is called for each choice of a schedule, in order.
  virtual std::size_t choose(const Point& point) = 0;
  /// Is told that of the choices at a place only 0, and those from `lowest` to `highest`, make a difference.
  virtual void limit(std::size_t /*place*/, std::size_t /*lowest*/, std::size_t /*highest*/) {}
  /// Goes on to the next schedule. Returns: false if there is none.
  virtual bool advance() = 0;
};

/// The source of all choices of schedules: asks the strategy, and notes how the schedule differs from the default.
class Choices {
 public:
  explicit Choices(Strategy& strategy) noexcept : strategy_(strategy) {}

  /// Returns: a number below `count`. 0 is the default.
  std::size_t next(Kind kind, std::size_t count) { return count < 2 ? 0 : made({kind, count}); }

  /// The same for a choice of who runs next: `runner_of(i)` is a number that the i-th of them keeps. `free`: see Point.
  template <class RunnerOf>
  std::size_t next_runner(Kind kind, std::size_t count, std::size_t free, const RunnerOf& runner_of) {
    if (count < 2) return 0;
    return made({kind, count, free, &runner_of, [](const void* context, std::size_t i) -> std::uint64_t {
                   return (*static_cast<const RunnerOf*>(context))(i);
                 }});
  }
  template <class RunnerOf>
  std::size_t next_runner(Kind kind, std::size_t count, const RunnerOf& runner_of) {
    return next_runner(kind, count, count, runner_of);
  }

  /// Returns: the place of the next choice that is one, from 0.
  std::size_t place() const noexcept { return place_; }
  /// Says of a choice of this schedule that only 0, and those from `lowest` to `highest`, make a difference.
  void limit(std::size_t place, std::size_t lowest, std::size_t highest) {
    strategy_.limit(place, lowest, highest);
  }

  /// Goes on to the next schedule. Returns: false if there is none.
  bool advance() {
    place_ = 0;
    deviations_.clear();
    return strategy_.advance();
  }
  /// Returns: the schedule up to here.
  const Deviations& deviations() const noexcept { return deviations_; }

 private:
  std::size_t made(const Point& point) {
    const std::size_t choice = strategy_.choose(point);
    if (choice != 0) deviations_.push_back({place_, choice});
    ++place_;
    return choice;
  }

  Strategy& strategy_;
  std::size_t place_ = 0;
  Deviations deviations_;
};

}  // namespace corokit::explorer
