#pragma once
#include "building/symbols.hpp"
#include "exercise/norm_rules.hpp"
#include "norm/definitions.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Something in a solution that the norm refuses.
struct NormFinding {
  std::string symbol;  // what it is: a symbol, a word, a header, a section
  std::string why;
  std::size_t line = 0;  // of the source; 0 if it is not known
};

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
