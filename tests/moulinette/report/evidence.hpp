#pragma once
#include "verdict/validate.hpp"

#include <cstdint>
#include <string>

namespace corokit::moulinette {

/// Returns: what the verdict on a test rests on, in words: which schedules were played, and whether those are all.
/// `seed`: of the run.
std::string evidence(const TestResult& result, std::uint64_t seed);

/// Returns: what the verdicts on an exercise rest on, in a few sentences.
std::string evidence_summary(const Validated& validated, const Session& session);

/// Returns: the same of a rung, which is explored.
std::string evidence_of_rung(const Validated& validated);

/// Returns: the same, a line for each part of a test, and for each test that kills a wrong implementation.
std::string evidence_details(const Validated& validated);

}  // namespace corokit::moulinette
