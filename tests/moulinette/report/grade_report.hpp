#pragma once
#include "report/hints.hpp"
#include "verdict/session.hpp"
#include "verdict/verdict.hpp"

#include <optional>
#include <string>

namespace corokit::moulinette {

/// The report for a student: what the compiler says, a line for each test, and the first test that failed in full, with
/// the timeline of its schedule and the commands that go on from there. No hint is shown but the one that is given.
std::string grade_report(const Graded& graded, const Session& session, const std::optional<Hint>& hint);

}  // namespace corokit::moulinette
