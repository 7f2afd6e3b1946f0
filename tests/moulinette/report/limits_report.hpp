#pragma once
#include "verdict/limits.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Returns: a line on each limit: how much of it right solutions take at most.
std::string limits_in_use(const std::vector<LimitUse>& uses);

/// Returns: what right solutions take, and what the limits should be.
std::string limits_report(const std::string& exercise, const std::vector<SuggestedLimit>& limits);
/// The keys are exercise and limits; those of a limit are limit, used, allowed, who and suggested.
nlohmann::ordered_json to_json(const std::string& exercise, const std::vector<SuggestedLimit>& limits);

}  // namespace corokit::moulinette
