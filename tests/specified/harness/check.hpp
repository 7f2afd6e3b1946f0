#pragma once
// The specified tests of an exercise are written with this header. They are compiled once and linked with every
// implementation, so the header is small and does not use GoogleTest.
//
//   COROKIT_SPECIFIED_TEST(basic_execution) {
//     check.run(five_tasks(check));  // a Task<void>; main.cpp decides between simulation and thread pool
//   }
//   COROKIT_SPECIFIED_PART(basic_execution, edge_no_tasks) {
//     check.run(no_tasks(check));  // a further part of the test, listed in spec.json: its points are the test's
//   }
#include "timeline.hpp"

#include <corokit/join_handle.hpp>
#include <corokit/task.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <ranges>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace corokit::explorer {
struct Schedule;
}

namespace corokit::specified {

/// In milliseconds, or in seconds if it is many of them, and without rounding: two that differ are never shown alike.
std::string show_duration(std::chrono::nanoseconds duration);

/// Formats a value for a message: text in quotes, durations by show_duration(), ranges in brackets.
template <class T>
std::string show(const T& value) {
  std::ostringstream out;
  if constexpr (std::same_as<T, bool>) {
    out << (value ? "true" : "false");
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    out << '"' << std::string_view(value) << '"';
  } else if constexpr (requires { std::chrono::duration_cast<std::chrono::nanoseconds>(value); }) {
    out << show_duration(std::chrono::duration_cast<std::chrono::nanoseconds>(value));
  } else if constexpr (std::is_enum_v<T>) {
    out << static_cast<std::int64_t>(value);
  } else if constexpr (std::ranges::input_range<const T>) {
    out << '[';
    for (const char* comma = ""; const auto& element : value)
      out << std::exchange(comma, ", ") << show(element);
    out << ']';
  } else if constexpr (requires { out << value; }) {
    out << value;
  } else {
    out << "(a value that cannot be printed)";
  }
  return out.str();
}

/// Whether this is a build with a sanitizer, in which all takes some ten times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

/// Returns: what an exception says. If it wraps another one, as bad_expected_access wraps a JoinError, also what that says.
std::string describe(const std::exception_ptr& exception);
/// Returns: why a task gave no value, in the same way.
std::string describe(const JoinError& error);

/// One part of a test under one schedule. The first finding goes to the grader at once, and ends the process.
///
/// Thread-safety: all members may be called at once from any thread.
class Check {
 public:
  /// In simulation, under a schedule. `seed` decides what draw() gives.
  Check(std::uint64_t seed, explorer::Schedule& schedule) noexcept
      : seed_(seed), schedule_(&schedule), drawn_(seed) {}
  /// On the thread pool. `load` decides what draw() gives.
  explicit Check(std::uint64_t load) noexcept : drawn_(load) {}
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;

  /// For tests that do something different under each schedule: at least 1, and 0 on the thread pool.
  std::uint64_t seed() const noexcept { return seed_; }
  /// Whether this is schedule 1, which plays the scenario that the subject names, with the subject's numbers.
  bool is_subject() const noexcept { return seed_ == 1; }
  /// Returns: a number from `low` to `high`, both included, which this schedule draws from its seed. On the thread pool
  ///   it is drawn from the seed of the whole run.
  int draw(int low, int high);
  /// Returns: a number below `bound`, of which the simplest is 0. It is a choice of the schedule, is replayed with it, and
  ///   made simpler where the schedule fails (see Simplify). On the thread pool it is drawn.
  /// Requires: it is called before run(), so that its place in the schedule does not depend on what tasks do.
  std::size_t choose(std::size_t bound);

  /// Runs the body of a test to its end: in simulation under this schedule, or on four threads. A deadlock or a
  /// schedule without end, which a simulation recognises, is a finding.
  ///
  /// Throws: whatever escapes from the task.
  void run(Task<void> task);

  /// Notes for the timeline in the report that something happened to a task, or that the test did something.
  void note(std::string task, std::string event) { timeline_.add(std::move(task), std::move(event)); }

  /// Returns: a name for a run of an orchestrator in the timeline: "run 1", then "run 2" and so on. Each run() of this
  /// object counts anew.
  std::string name_run() { return "run " + std::to_string(++runs_); }

  /// `what_is_wrong` is the sentence that a student reads if the condition does not hold. Returns: true.
  bool that(bool holds, std::string_view what_is_wrong) {
    if (!holds) fail(std::string(what_is_wrong));
    return true;
  }

  /// Returns: true.
  template <class Actual, class Expected>
  bool equal(const Actual& actual, const Expected& expected, std::string_view what) {
    bool same;
    if constexpr (std::integral<Actual> && std::integral<Expected> && !std::same_as<Actual, Expected>) {
      same = std::cmp_equal(actual, expected);
    } else if constexpr (requires { actual == expected; }) {
      same = actual == expected;
    } else {
      same = std::ranges::equal(actual, expected);  // for example a vector and an array
    }
    if (!same) fail(std::string(what) + ": expected " + show(expected) + ", got " + show(actual));
    return true;
  }

  /// Reports a finding and ends the process, so that nothing that runs later can take it back.
  [[noreturn]] void fail(const std::string& message);

 private:
  const std::uint64_t seed_ = 0;
  explorer::Schedule* const schedule_ = nullptr;  // null on the thread pool
  std::atomic<std::uint64_t> drawn_;
  std::atomic<int> runs_{0};
  Timeline timeline_;
};

using Body = void (*)(Check&);

/// What choose() has given to a part, one after another.
using Values = std::vector<std::size_t>;
/// Replaces the values of a schedule by simpler ones with which it still `fails`. Returns: whether it has found any; then
/// another call may find more.
using Simplify = bool (*)(Values& values, const std::function<bool(const Values&)>& fails);

/// A part of a test.
struct Part {
  Body body = nullptr;
  Simplify simplify = nullptr;  // null if the part chooses no values
};

/// Registers a part of a test with main.cpp before main() starts.
struct Registration {
  Registration(const char* test, const char* name, Part part);
};

}  // namespace corokit::specified

/// Defines and registers the part of a test that has its name, the one that spec.json gives points to.
#define COROKIT_SPECIFIED_TEST(name) COROKIT_SPECIFIED_PART(name, name)

/// Defines and registers a further part of a test, which spec.json lists as an edge case of it. Each schedule plays all
/// parts of a test, first the one that has its name, then the others by their names.
#define COROKIT_SPECIFIED_PART(test, part) COROKIT_SPECIFIED_FUZZ(test, part, nullptr)

/// The same, for a part that works on what Check::choose() gives it. `simplify`: a function of the type Simplify.
#define COROKIT_SPECIFIED_FUZZ(test, part, simplify)                          \
  static void specified_##part(::corokit::specified::Check& check);           \
  static const ::corokit::specified::Registration registration_of_##part{     \
      #test, #part, ::corokit::specified::Part{&specified_##part, simplify}}; \
  static void specified_##part([[maybe_unused]] ::corokit::specified::Check& check)
