#pragma once
#include "verdict/session.hpp"
#include "verdict/verdict.hpp"

#include <string>

namespace corokit::moulinette {

/// The report for a student: the points of each test, what is missing and why, and what to do next.
std::string grade_report(const Graded& graded, const Session& session);

}  // namespace corokit::moulinette
