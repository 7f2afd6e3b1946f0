#pragma once
#include "building/symbols.hpp"
#include "norm/norm.hpp"
#include "process/interrupt.hpp"

#include <filesystem>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Whether the code of a program may hold an instruction that calls the system: a quick look that finds all of them,
/// and sometimes another instruction whose bytes look alike. `machine` is a machine of <elf.h>.
bool may_call_system(int machine, std::string_view code) noexcept;

/// Finds what an object file has and no compiler makes of C++: instructions that call the system, and sections of its
/// own, for example for code that runs before the program begins. A sanitizer adds such sections.
std::vector<NormFinding> check_machine_code(const std::filesystem::path& object, bool sanitized,
                                            const Interrupt& interrupt);

/// Finds code that runs before main(), which an object file lists in a section. The standard streams have an entry there as
/// well, beside which others are not seen.
std::vector<NormFinding> check_start(const std::filesystem::path& object, const std::vector<Symbol>& symbols,
                                     const NormRules& rules);

}  // namespace corokit::moulinette
