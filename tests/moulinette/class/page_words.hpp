#pragma once
#include "output/text_table.hpp"

#include <array>

namespace corokit::moulinette {

/// All fixed words of the pages of a class.
inline constexpr auto kPageWords = std::to_array<TextPair>({
#include "class/page_words.inc"
});
using PageText = TableText<kPageWords>;
using Words = TableWords<kPageWords>;

}  // namespace corokit::moulinette
