#pragma once
#include <cstddef>

namespace corokit::moulinette {

/// Whether the terminal understands escape sequences.
bool is_terminal_capable() noexcept;

/// Returns: the columns of standard output; 100 if it is no terminal.
std::size_t terminal_width() noexcept;

}  // namespace corokit::moulinette
