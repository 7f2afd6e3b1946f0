#pragma once
#include "validate.hpp"

#include <string>

namespace corokit::moulinette {

/// What a student reads: points a test, what is missing and why, what to do next.
std::string grade_report(const Graded& graded, const Session& session);

/// What an instructor reads: the kill matrix, and a verdict.
std::string validate_report(const Validated& validated, const Session& session);

}  // namespace corokit::moulinette
