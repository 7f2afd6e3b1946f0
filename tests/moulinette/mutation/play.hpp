#pragma once
#include "running/test_run.hpp"
#include "verdict/kept_runs.hpp"
#include "verdict/session.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// One test of a right program, and what it cost.
struct Played {
  TestRun run;
  std::chrono::milliseconds cpu{0};
};

/// What a test of a mutant may use: more than a right program does, and not much more.
struct TestLimit {
  std::chrono::seconds cpu{1};
  std::chrono::seconds wall{1};

  /// Raises the limits, so that a right program which costs this much stays far below them.
  void allow(const Played& right, const LimitsSpec& most);
};

/// An executable that must die.
struct Victim {
  std::string name;
  std::filesystem::path executable;
  std::uint64_t hash = 0;  // of its content
};

/// Plays all tests of a right program, one after the other. Returns: nothing if the interrupt came first.
std::optional<std::vector<Played>> play_one_by_one(Session& session, const std::filesystem::path& executable);

/// Plays all tests on all victims, each under the limits of its test, and keeps the runs of each victim when it has them
/// all. A victim that a test has left hanging is spared the others once two tests have killed it.
///
/// Returns: nothing if the interrupt came first.
std::optional<std::vector<Runs>> play_all(Session& session, const std::vector<Victim>& victims,
                                          const std::vector<TestLimit>& limits, const KeptRuns& kept);

}  // namespace corokit::moulinette
