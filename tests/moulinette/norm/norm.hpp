#pragma once
#include "building/symbols.hpp"
#include "exercise/norm_rules.hpp"
#include "norm/definitions.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Something in a solution that the norm refuses.
struct NormFinding {
  std::string symbol;  // what it is: a symbol, a word, a header, a section
  std::string why;
  std::size_t line = 0;          // of the source; 0 if it is not known
  std::size_t column = 0;        // from 1, in bytes; 0 if it is not known
  std::string rule = {};         // its name in exercises/norm.json
  std::string replacement = {};  // what to do instead; empty if nothing is said
  std::string file = {};         // as whoever grades named it; empty if it is not known
};

/// How closely the norm has looked at a source: at its tokens, or at its syntax as well.
enum class NormLevel { tokens, syntax };
std::string_view word(NormLevel level) noexcept;

/// What the norm has found in a solution.
struct NormRead {
  std::vector<NormFinding> findings;
  NormLevel level = NormLevel::tokens;
  std::string note = {};  // a sentence on what was not read, and why; empty if nothing is missing
  bool is_fast = false;   // the given headers were read as they were compiled in advance
};

/// Adds findings that say something new: one for each reason and line.
void add_findings(std::vector<NormFinding>& findings, std::vector<NormFinding> more);

/// Finds the symbols that an object file refers to and that the rules do not allow, one for each reason. A C++ name
/// that no rule matches counts only where something defines it; elsewhere the linker says that it is missing.
std::vector<NormFinding> check_references(const std::vector<Symbol>& symbols, const NameRules& rules,
                                          const Definitions& others);

/// Finds the symbols that an object file defines and that are not its own: those that could take the place of a
/// function of the tests, of corokit, or of the standard library.
std::vector<NormFinding> check_definitions(const std::vector<Symbol>& symbols, const Definitions& others);
/// The same for a shared object of a rung, in which the solution is compiled with its tests.
std::vector<NormFinding> check_definitions_in_rung(const std::vector<Symbol>& symbols);

}  // namespace corokit::moulinette
