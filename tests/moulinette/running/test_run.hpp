#pragma once
#include "exercise/spec.hpp"
#include "process/process.hpp"
#include "verdict/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace corokit::moulinette {

/// What one process, playing one test of one implementation, came to.
struct TestRun {
  Outcome outcome = Outcome::interrupted;
  std::string message;                // one sentence; empty where it passed
  std::uint64_t schedules = 0;        // how many were begun
  std::optional<std::uint64_t> seed;  // of the schedule in which it ended badly; none: on the thread pool
};

/// Plays `test` in a process of its own, started in `folder`.
TestRun run_test(const std::filesystem::path& executable, const TestSpec& test, const Spec& spec,
                 bool sanitized, const std::filesystem::path& folder, const Interrupt& interrupt);

/// Turns what a process left into an outcome. Only lines of the report that open with the secret count.
TestRun judge(const Finished& finished, const std::string& secret, const std::string& test,
              const LimitsSpec& limits);

}  // namespace corokit::moulinette
