#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Returns: the candidate that was probably meant by a misspelt name; empty if none is close: a third of its letters may be
///   wrong, missing, superfluous, or swapped with the next one.
std::string closest(std::string_view name, const std::vector<std::string>& candidates);

/// Returns: `: did you mean "points"?`; empty if no candidate is close.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace corokit::moulinette
