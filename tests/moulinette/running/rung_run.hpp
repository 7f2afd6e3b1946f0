#pragma once
#include "running/replay.hpp"
#include "running/test_run.hpp"

#include <filesystem>
#include <string>

namespace corokit::moulinette {

/// A solution of a rung, compiled with its tests, and the program that loads it and plays them.
struct RungProgram {
  TestProgram explorer;
  std::filesystem::path loaded;
};

/// Explores the parts of a test, one after another, until one breaks.
TestRun run_rung_test(const RungProgram& program, const std::string& exercise, const TestSpec& test,
                      const Interrupt& interrupt);

/// Plays one schedule of a part, and writes down what happens. Requires: the test is that of the part.
Replayed replay_rung(const RungProgram& program, const ReplayToken& token, const TestSpec& test,
                     const Interrupt& interrupt);

}  // namespace corokit::moulinette
