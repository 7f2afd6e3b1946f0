#pragma once
#include "mutation/mutant.hpp"

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Somebody's reason why no test can kill a mutant. It names the mutant by its key; without `after`, it holds for every
/// line of that text.
struct EquivalentNote {
  MutantKey key;
  std::string reason;
};

/// Mutants that are not made, and why: those of some operators in some files.
struct LeftOutNote {
  std::string files;               // a pattern, relative to the root of the repository
  std::vector<std::string> kinds;  // names of operators; empty: all
  std::string reason;
};

/// What people have written on the mutants of an exercise: its mutation.json.
struct MutationNotes {
  std::vector<LeftOutNote> left_out;
  std::vector<EquivalentNote> equivalent;
};

/// Throws: Error if the schema forbids something, or if an operator has an unknown name.
MutationNotes parse_notes(const nlohmann::json& json);

bool leaves_out(const LeftOutNote& note, const MutantKey& mutant);
bool explains(const EquivalentNote& note, const MutantKey& mutant);

}  // namespace corokit::moulinette
