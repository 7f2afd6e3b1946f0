#pragma once
#include "exercise/manifest.hpp"
#include "exercise/spec.hpp"
#include "process/process.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// A forbidden call that an object file makes.
struct NormFinding {
  std::string symbol;
  std::string why;
};

/// What `listing` (of `readelf --symbols --wide`) holds of the forbidden symbols: one finding for each pattern.
std::vector<NormFinding> find_forbidden(std::string_view listing,
                                        const std::vector<ForbiddenSymbol>& forbidden);

/// Looks into an object file. Throws Error where it cannot be read.
std::vector<NormFinding> check_norm(const std::filesystem::path& object, const Manifest& manifest,
                                    const Spec& spec, const Interrupt& interrupt);

}  // namespace corokit::moulinette
