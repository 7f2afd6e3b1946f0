#pragma once
#include "verdict/validate.hpp"

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace corokit::moulinette {

/// The keys are those of `graded` in report.schema.json. What has a text of a solution or of a compiler in it may be no
/// UTF-8: dump with error_handler_t::replace.
nlohmann::ordered_json to_json(const Graded& graded);

/// The keys are those of `validated` in report.schema.json.
nlohmann::ordered_json to_json(const std::vector<Validated>& validated);

}  // namespace corokit::moulinette
