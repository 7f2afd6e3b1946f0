#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Why a symbol is refused that demangled() does not read, and what to do about it.
inline constexpr const char* kNameIsTooLong = "has a readable name that is too long to be checked";
inline constexpr const char* kNameIsTooLongInstead = "nest fewer templates";

/// Makes symbols readable for a programmer. What is no mangled name stays as it is.
///
/// Each part of a mangled name may stand for two earlier ones, so a short one may mean a text that fits into no memory.
/// Such names are read by a process with limits, a second for all of them.
///
/// Returns: the names in the order of the symbols; none where it is too long, nor behind a name that the process could
/// not read.
/// Throws: Error if the process cannot run.
/// Thread-safety: any thread.
std::vector<std::optional<std::string>> demangled(const std::vector<std::string>& symbols);

/// Returns: the symbol for a message, without its end if it is longer than a line.
std::string cut_to_line(std::string_view symbol);

/// The name alone in a demangled symbol: without parameters, template arguments, result type, and without what says
/// that it is the table, the guard or the type of something.
///     "void std::vector<int>::push_back(int&&)"    gives  "std::vector::push_back"
///     "vtable for corokit::detail::Turn"           gives  "corokit::detail::Turn"
std::string plain_name(std::string_view demangled);

/// Whether the demangled name is that of an instantiated template, or of a member of one.
bool is_instantiation(std::string_view demangled);

}  // namespace corokit::moulinette
