#pragma once
#include "verdict/validate.hpp"

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace corokit::moulinette {

/// The keys are exercise, implementation, verdict, score, max_score, passed, seed, tests and norm; those of a test are name,
/// points, max_points, outcome, part (the one that broke), message, schedules
/// (how many), schedule (the one that broke; 0 is the thread pool) and timeline.
nlohmann::ordered_json to_json(const Graded& graded);

/// The keys are ok, implementations (a list of the objects above) and unmet (sentences on what is not as expected).
nlohmann::ordered_json to_json(const std::vector<Validated>& validated);

}  // namespace corokit::moulinette
