#pragma once
#include "output/text_table.hpp"

#include <fmt/format.h>
#include <array>
#include <string>

namespace corokit::moulinette {

/// All fixed words of the pages of a class.
inline constexpr auto kPageWords = std::to_array<TextPair>({
#include "class/page_words.inc"
});
using PageText = TableText<kPageWords>;

/// Says texts in one language.
class Words {
 public:
  explicit Words(Language language) noexcept : language_(language) {}

  Language language() const noexcept { return language_; }
  template <class... Values>
  std::string operator()(PageText text, const Values&... values) const {
    return fmt::format(fmt::runtime(text.in(language_)), values...);
  }

 private:
  Language language_;
};

}  // namespace corokit::moulinette
