#pragma once
#include "output/text_table.hpp"

#include <array>

namespace corokit::moulinette {

/// The errors that students meet. They are made in English, and said in the language of the user at the end.
inline constexpr auto kErrorTexts = std::to_array<TextPair>({
#include "output/error_texts.inc"
});
using ErrorText = TableText<kErrorTexts>;

/// Returns: an error in English.
template <class... Values>
std::string error_text(ErrorText text, const Values&... values) {
  return TableWords<kErrorTexts>(Language::english)(text, values...);
}

/// Returns: what error_text() has made, in a language; any other text as it is.
inline std::string error_in(Language language, const std::string& english) {
  return language == Language::french ? said_in_french(kErrorTexts, english) : english;
}

}  // namespace corokit::moulinette
