#pragma once
#include "output/text_table.hpp"

#include <array>

namespace corokit::moulinette {

/// All that commands of students, and reports for platforms, say by themselves.
inline constexpr auto kTerminalWords = std::to_array<TextPair>({
#include "output/terminal_words.inc"
});
using TerminalText = TableText<kTerminalWords>;
using TerminalWords = TableWords<kTerminalWords>;

}  // namespace corokit::moulinette
