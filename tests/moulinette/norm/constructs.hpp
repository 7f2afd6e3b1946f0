#pragma once
#include "norm/norm.hpp"
#include "norm/source_tokens.hpp"

#include <vector>

namespace corokit::moulinette {

/// Finds what rules refuse by its tokens alone: new and delete, casts, attributes, and names that are spelled out, as in
/// `std::mutex`. An alias hides a name from it, which the syntax or the object file show.
std::vector<NormFinding> check_constructs(const std::vector<SourceToken>& tokens, const NormRules& rules);

}  // namespace corokit::moulinette
