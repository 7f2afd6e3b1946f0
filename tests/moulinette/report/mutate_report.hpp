#pragma once
#include "mutation/mutate.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace corokit::moulinette {

/// The survivors with their diffs, how useful each test is, and the numbers.
std::string mutate_report(const Mutated& mutated, const Session& session);

/// The mutants, one a line: number, name, what changes.
std::string mutant_list(const Mutated& mutated);

/// One mutant after the other: its diff, and how each test ended.
std::string mutant_details(const Mutated& mutated, const Session& session);

/// The keys are those of `mutated` in report.schema.json.
nlohmann::ordered_json to_json(const Mutated& mutated, const Session& session);

}  // namespace corokit::moulinette
