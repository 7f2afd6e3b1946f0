#pragma once
#include "verdict/validate.hpp"

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace corokit::moulinette {

/// exercise, implementation, verdict, score, max_score, passed, tests (name, points, max_points, outcome,
/// message, schedules), norm.
nlohmann::ordered_json to_json(const Graded& graded);

/// ok, implementations (a list of the above), and what is not as it should be, in sentences.
nlohmann::ordered_json to_json(const std::vector<Validated>& validated);

}  // namespace corokit::moulinette
