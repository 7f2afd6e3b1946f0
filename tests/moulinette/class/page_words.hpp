#pragma once
#include "output/language.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace corokit::moulinette {

/// All fixed words of the pages of a class: what they say in English, and in French. `{}` stands for what is filled in.
inline constexpr auto kPageWords = std::to_array<std::pair<std::string_view, std::string_view>>({
#include "class/page_words.inc"
});

/// One of these, named by what it says in English. A name that is not in the table does not compile.
class PageText {
 public:
  consteval PageText(const char* english)
      : place_(find(english)) {}  // NOLINT: a text is the name of its entry
  /// Returns: the text of a word of a report, such as "did_not_compile"; none if the table does not have it.
  static std::optional<PageText> of_word(std::string word) {
    std::ranges::replace(word, '_', ' ');
    const auto found = std::ranges::find(kPageWords, word, &Entry::first);
    if (found == kPageWords.end()) return {};
    return PageText(static_cast<std::size_t>(found - kPageWords.begin()));
  }

  std::string_view in(Language language) const noexcept {
    const auto& [english, french] = kPageWords[place_];
    return language == Language::french ? french : english;
  }

 private:
  constexpr explicit PageText(std::size_t place) noexcept : place_(place) {}
  using Entry = std::pair<std::string_view, std::string_view>;
  static constexpr std::size_t find(std::string_view english) {
    for (std::size_t i = 0; i < kPageWords.size(); ++i)
      if (kPageWords[i].first == english) return i;
    throw std::invalid_argument("page_words.inc does not have this text");
  }
  std::size_t place_;
};

/// Says texts in one language.
class Words {
 public:
  explicit Words(Language language) noexcept : language_(language) {}

  Language language() const noexcept { return language_; }
  template <class... Values>
  std::string operator()(PageText text, const Values&... values) const {
    return fmt::format(fmt::runtime(text.in(language_)), values...);
  }
  /// Returns: what a word of a report, such as "did_not_compile", says in this language; the word itself if that is not known.
  std::string of_report(const std::string& word) const {
    const auto text = PageText::of_word(word);
    return text ? std::string(text->in(language_)) : word;
  }

 private:
  Language language_;
};

}  // namespace corokit::moulinette
