#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// A piece of a C++ source that is neither blank, comment nor preprocessor line.
struct Token {
  enum class Kind { word, number, text, symbol };
  Kind kind = Kind::symbol;
  std::size_t begin = 0;  // its first character
  std::size_t end = 0;    // one past its last character
};

/// Splits a source into tokens. Raw strings, digit separators and line continuations are understood; names, strings and
/// numbers keep their prefixes and suffixes; symbols are as long as they can be, except that `>>` is two tokens.
std::vector<Token> tokenize(std::string_view source);

}  // namespace corokit::moulinette
