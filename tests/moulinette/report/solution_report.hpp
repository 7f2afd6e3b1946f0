#pragma once
#include "ladder/solution.hpp"
#include "output/output_options.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Returns: the right implementations, the reference first, and how the others differ from it.
std::string solution_report(const std::vector<Solution>& all, const OutputOptions& output);
nlohmann::ordered_json to_json(const std::string& exercise, const std::vector<Solution>& all);

}  // namespace corokit::moulinette
