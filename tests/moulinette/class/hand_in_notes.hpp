#pragma once
#include "output/text_table.hpp"

#include <fmt/format.h>
#include <array>
#include <string>

namespace corokit::moulinette {

/// All sentences on what was wrong with hand-ins, for students and for the class. class.json has them in English.
inline constexpr auto kNotes = std::to_array<TextPair>({
#include "class/hand_in_notes.inc"
});
using NoteText = TableText<kNotes>;

/// Returns: a sentence in English.
template <class... Values>
std::string note(NoteText text, const Values&... values) {
  return fmt::format(fmt::runtime(text.in(Language::english)), values...);
}

/// Returns: what note() has made, in a language; any other text as it is.
std::string note_in(Language language, const std::string& english);

}  // namespace corokit::moulinette
