#pragma once
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Returns: the symbol as a programmer reads it, or as it is if it is no mangled name.
std::string demangled(const std::string& symbol);

/// The name alone in a demangled symbol: without parameters, template arguments, result type, and without what says
/// that it is the table, the guard or the type of something.
///     "void std::vector<int>::push_back(int&&)"    gives  "std::vector::push_back"
///     "vtable for corokit::detail::Turn"           gives  "corokit::detail::Turn"
std::string plain_name(std::string_view demangled);

/// Whether the demangled name is that of an instantiated template, or of a member of one.
bool is_instantiation(std::string_view demangled);

}  // namespace corokit::moulinette
