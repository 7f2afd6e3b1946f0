#pragma once
#include "exercise/contract.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Returns: a line for each fault, "FILE:LINE: sentence", with paths from the current folder; or that there is none.
std::string contract_report(const std::vector<Fault>& faults, const std::vector<std::string>& exercises);

/// The keys are ok, exercises (their names) and faults, a list of objects with exercise, file, line (0: the whole file) and
/// message.
nlohmann::ordered_json to_json(const std::vector<Fault>& faults, const std::vector<std::string>& exercises);

}  // namespace corokit::moulinette
