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

/// Finds the forbidden symbols among `symbols`, those of an object file; at most one finding for each pattern.
std::vector<NormFinding> find_forbidden(const std::vector<Symbol>& symbols,
                                        const std::vector<ForbiddenSymbol>& forbidden);

}  // namespace corokit::moulinette
