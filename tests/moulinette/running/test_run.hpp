#pragma once
#include "exercise/spec.hpp"
#include "process/process.hpp"
#include "running/outcome.hpp"
#include "running/replay.hpp"
#include "running/test_process.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// What is played of a test: all its parts under each of these schedules.
struct Schedules {
  std::uint64_t seed = 1;                  // of the run: decides all schedules but the first
  std::uint64_t count = 0;                 // in simulation; then comes the thread pool
  std::optional<std::uint64_t> only = {};  // the only schedule, if there is one; 0 is the thread pool
  /// The exercise, if a schedule that fails in simulation is made short and played once more, to be shown.
  std::string shown_for = {};

  /// Returns: the seeds of the schedules, in their order. The thread pool has the seed 0.
  std::vector<std::uint64_t> order() const;
};

/// A part of a test of a rung that broke.
struct BrokenPart {
  std::string part;
  std::string finding;  // the kind
  std::string message;
};

/// The result of one process that ran one test of one implementation.
struct TestRun {
  Outcome outcome = Outcome::interrupted;
  std::string message;                    // one sentence; empty if the test passed
  std::uint64_t schedules = 0;            // how many began
  std::optional<std::uint64_t> seed;      // of the last schedule that began; none on the thread pool
  std::string part;                       // of the test, that began last; empty if none did
  std::vector<TimelineEvent> timeline;    // of the schedule that failed
  std::string output;                     // what the process printed, without the middle of a long text
  std::optional<Replayed> replayed;       // the schedule that failed, made short
  std::chrono::milliseconds processor{};  // processor time of the process
  std::chrono::microseconds
      longest_part{};  // of the part and schedule that took most of it, as the test says
  // Of a rung, where a test was explored. The members above are about the first part that broke.
  std::string finding = {};             // the kind of what broke, such as "data race"; empty if nothing did
  std::vector<std::string> where = {};  // the lines that it names, such as "notify.hpp:25"
  std::vector<BrokenPart> broken = {};  // all parts that broke
  std::string coverage = {};            // which schedules were played
  bool exhausted = false;               // whether those were all within the bounds
};

/// Runs `test` in a process of its own.
TestRun run_test(const TestProgram& program, const TestSpec& test, const Schedules& play,
                 const Interrupt& interrupt);

/// Decides the outcome of a process. Only lines of its report that begin with the secret count. It passed if it
/// announced each schedule and each part in the right order, and then said that it passed.
TestRun judge(const Finished& finished, const std::string& secret, const TestSpec& test,
              const Schedules& play, const LimitsSpec& limits);

}  // namespace corokit::moulinette
