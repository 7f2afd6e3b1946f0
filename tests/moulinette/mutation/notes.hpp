#pragma once
#include "mutation/mutant.hpp"

#include <filesystem>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Somebody's reason why no test can kill a mutant. It names the mutant by its key; without `becomes` it holds for all
/// that the operator makes of the line, and without `after` for every line of that text.
struct EquivalentNote {
  MutantKey key;
  std::string reason;
};

/// Mutants that are not made, and why: those of some files, except those of some operators.
struct LeftOutNote {
  std::string files;                // a pattern, relative to the root of the repository
  std::vector<std::string> except;  // names of operators
  std::string reason;
};

/// What people have written on the mutants of an exercise: its mutation.json.
struct MutationNotes {
  std::size_t per_line =
      std::numeric_limits<std::size_t>::max();  // how many mutants of a line are made at most
  std::vector<LeftOutNote> left_out;
  std::vector<EquivalentNote> equivalent;
};

/// Throws: Error if the schema forbids something, or if an operator has an unknown name.
MutationNotes parse_notes(const nlohmann::json& json);
/// Does so for a file; there are no notes where it does not exist.
MutationNotes load_notes(const std::filesystem::path& file);

bool leaves_out(const LeftOutNote& note, const MutantKey& mutant);
bool explains(const EquivalentNote& note, const MutantKey& mutant);

}  // namespace corokit::moulinette
