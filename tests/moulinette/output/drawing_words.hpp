#pragma once
#include "output/text_table.hpp"

#include <array>
#include <functional>

namespace corokit::moulinette {

/// All that drawings of schedules say besides names. They are made in English.
inline constexpr auto kDrawingWords = std::to_array<TextPair>({
#include "output/drawing_words.inc"
});

/// Returns: what says them in a language; none for English.
std::function<std::string(const std::string&)> drawing_words(Language language);

}  // namespace corokit::moulinette
