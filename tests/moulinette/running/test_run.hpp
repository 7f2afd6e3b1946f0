#pragma once
#include "exercise/spec.hpp"
#include "process/process.hpp"
#include "running/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace corokit::moulinette {

/// The result of one process that ran one test of one implementation.
struct TestRun {
  Outcome outcome = Outcome::interrupted;
  std::string message;                // one sentence; empty if the test passed
  std::uint64_t schedules = 0;        // how many began
  std::optional<std::uint64_t> seed;  // of the last schedule that began; none on the thread pool
  std::string part;                   // of the test, that began last; empty if none did
};

/// Runs `test` in a process of its own, whose current directory is `folder`.
TestRun run_test(const std::filesystem::path& executable, const TestSpec& test, const Spec& spec,
                 bool sanitized, const std::filesystem::path& folder, const Interrupt& interrupt);

/// Decides the outcome of a process. Only lines of its report that begin with the secret count.
TestRun judge(const Finished& finished, const std::string& secret, const TestSpec& test,
              const LimitsSpec& limits);

}  // namespace corokit::moulinette
