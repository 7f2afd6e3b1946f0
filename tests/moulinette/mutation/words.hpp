#pragma once
#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace corokit::moulinette {

/// Whether the text is one of the words.
inline bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

}  // namespace corokit::moulinette
