#pragma once
#include "output/language.hpp"

#include <fmt/format.h>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace corokit::moulinette {

/// A text in English, and in French. `{}` stands for what is filled in.
using TextPair = std::pair<std::string_view, std::string_view>;

/// A text of a table, named by what it says in English. A name that is not in the table does not compile.
template <const auto& kTable>
class TableText {
 public:
  consteval TableText(const char* english)
      : place_(find(english)) {}  // NOLINT: a text is the name of its entry

  std::string_view in(Language language) const noexcept {
    const auto& [english, french] = kTable[place_];
    return language == Language::french ? french : english;
  }

 private:
  static constexpr std::size_t find(std::string_view english) {
    for (std::size_t i = 0; i < kTable.size(); ++i)
      if (kTable[i].first == english) return i;
    throw std::invalid_argument("the table does not have this text");
  }
  std::size_t place_;
};

/// Says texts of a table in one language.
template <const auto& kTable>
class TableWords {
 public:
  explicit TableWords(Language language) noexcept : language_(language) {}

  Language language() const noexcept { return language_; }
  template <class... Values>
  std::string operator()(TableText<kTable> text, const Values&... values) const {
    return fmt::format(fmt::runtime(text.in(language_)), values...);
  }

 private:
  Language language_;
};

/// Returns: a sentence that a text of the table makes, in French; any other as it is. The values in it are said in French
///   too where the table has them, or where they are messages of the system, such as "Permission denied".
std::string said_in_french(std::span<const TextPair> table, std::string_view english);

}  // namespace corokit::moulinette
