#pragma once
#include "norm/headers.hpp"
#include "norm/norm.hpp"
#include "norm/source_tokens.hpp"

#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Finds what the text of a solution must not have, before any tool sees it: files that it may not read, words and
/// pragmas that hide what it does, and what different compilers read differently.
std::vector<NormFinding> check_source(std::string_view source, const NormRules& rules,
                                      const Headers& headers);

/// Sets the line of each finding whose line is not known, if the source names what was found.
void find_lines(std::vector<NormFinding>& findings, std::string_view source);

}  // namespace corokit::moulinette
