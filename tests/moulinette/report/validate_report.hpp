#pragma once
#include "verdict/validate.hpp"

#include <string>

namespace corokit::moulinette {

/// The report for an instructor: the kill matrix and a verdict.
std::string validate_report(const Validated& validated, const Session& session);

}  // namespace corokit::moulinette
