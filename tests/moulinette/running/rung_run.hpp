#pragma once
#include "running/replay.hpp"
#include "running/test_run.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

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

/// Plays one schedule of a part as far as a person has chosen how it goes. What comes back is a line of the explorer, see
/// tests/explorer/graded.hpp: with "outcome" open, and the "options" of the next move; or how the schedule ended.
///
/// Throws: Error if nothing comes back.
nlohmann::json play_moves(const RungProgram& program, const TestSpec& test, const std::string& part,
                          const std::vector<std::size_t>& moves, const Interrupt& interrupt);

/// Returns: the moves of the shortest schedule that breaks a part; none if none does.
std::optional<std::vector<std::size_t>> shortest_moves(const RungProgram& program, const TestSpec& test,
                                                       const std::string& part, const Interrupt& interrupt);

/// Returns: the recording of a line of the explorer; null if it has none.
std::shared_ptr<const explorer::Recording> recording_of(const nlohmann::json& line);

}  // namespace corokit::moulinette
