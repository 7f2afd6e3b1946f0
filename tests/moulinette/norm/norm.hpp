#pragma once
#include "building/symbols.hpp"
#include "exercise/spec.hpp"

#include <string>
#include <vector>

namespace corokit::moulinette {

/// A forbidden call that an object file makes.
struct NormFinding {
  std::string symbol;
  std::string why;
};

/// Finds the forbidden symbols to which an object file with these symbols refers: at most one finding for each
/// pattern.
std::vector<NormFinding> find_forbidden(const std::vector<Symbol>& symbols,
                                        const std::vector<ForbiddenSymbol>& forbidden);

}  // namespace corokit::moulinette
