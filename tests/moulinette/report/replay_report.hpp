#pragma once
#include "output/output_options.hpp"
#include "running/replay.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace corokit::moulinette {

/// What `replay` shows: how the schedule ends, which moves of tasks make it so, and its drawing. `file` is the solution.
std::string replay_report(const ReplayToken& token, const std::string& file, const Replayed& replayed,
                          const OutputOptions& output);

/// The keys are token, implementation, passed, outcome, message, moves (in words), choices, timeline, drawing and
/// recording, which `replay --recording` reads; it is null if there is none.
nlohmann::ordered_json to_json(const ReplayToken& token, const std::string& file, const Replayed& replayed);

}  // namespace corokit::moulinette
