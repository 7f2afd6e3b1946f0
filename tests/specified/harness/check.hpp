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
#include <corokit/task.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <mutex>
#include <ranges>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace corokit::specified {

/// Formats a value for a message: text in quotes, durations in milliseconds, ranges in brackets.
template <class T>
std::string show(const T& value) {
  std::ostringstream out;
  if constexpr (std::same_as<T, bool>) {
    out << (value ? "true" : "false");
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    out << '"' << std::string_view(value) << '"';
  } else if constexpr (requires { std::chrono::duration<double, std::milli>(value); } &&
                       !std::is_arithmetic_v<T>) {
    out << std::chrono::duration<double, std::milli>(value).count() << " ms";
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

/// Collects what one part of a test finds under one schedule. Only the first finding is reported.
///
/// Thread-safety: all members may be called at once from any thread.
class Check {
 public:
  enum class Mode { simulation, thread_pool };
  /// `load` decides what draw() gives.
  Check(Mode mode, std::uint64_t seed, std::uint64_t load) noexcept
      : mode_(mode), seed_(seed), drawn_(load) {}
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;

  /// For tests that do something different under each schedule: at least 1, and 0 on the thread pool.
  std::uint64_t seed() const noexcept { return seed_; }
  /// Whether this is schedule 1, which plays the scenario that the subject names, with the subject's numbers.
  bool is_subject() const noexcept { return seed_ == 1; }
  /// Returns: a number from `low` to `high`, both included, which this schedule draws from its seed. On the thread pool
  ///   it is drawn from the seed of the whole run.
  int draw(int low, int high);

  /// Runs the body of a test to its end: in simulation under this schedule's seed, or on four threads. A deadlock or a
  /// schedule without end, which a simulation recognises, is a finding.
  ///
  /// Throws: whatever escapes from the task.
  void run(Task<void> task);

  /// `what_is_wrong` is the sentence that a student reads if the condition does not hold.
  bool that(bool holds, std::string_view what_is_wrong) {
    if (!holds) fail(std::string(what_is_wrong));
    return holds;
  }

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
    return same;
  }

  void fail(std::string message) {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(failed_, true)) message_ = std::move(message);
  }

  bool failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }
  std::string message() const {
    const std::lock_guard lock(mutex_);
    return message_;
  }

 private:
  const Mode mode_;
  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  bool failed_ = false;  // guarded by mutex_
  std::string message_;  // guarded by mutex_
  std::atomic<std::uint64_t> drawn_;
};

using Body = void (*)(Check&);

/// Registers a part of a test with main.cpp before main() starts.
struct Registration {
  Registration(const char* test, const char* part, Body body);
};

}  // namespace corokit::specified

/// Defines and registers the part of a test that has its name, the one that spec.json gives points to.
#define COROKIT_SPECIFIED_TEST(name) COROKIT_SPECIFIED_PART(name, name)

/// Defines and registers a further part of a test, which spec.json lists as an edge case of it. Each schedule plays all
/// parts of a test, first the one that has its name, then the others by their names.
#define COROKIT_SPECIFIED_PART(test, part)                                                                 \
  static void specified_##part(::corokit::specified::Check& check);                                        \
  static const ::corokit::specified::Registration registration_of_##part{#test, #part, &specified_##part}; \
  static void specified_##part([[maybe_unused]] ::corokit::specified::Check& check)
