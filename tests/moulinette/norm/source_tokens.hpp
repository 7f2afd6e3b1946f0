#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// One piece of a source file before macros are expanded.
struct SourceToken {
  enum class Kind { word, number, literal, header, sign };
  Kind kind = Kind::sign;
  std::string
      text;  // a header with its quotes or brackets; a literal as its quote alone; a sign is one character
  std::size_t line = 0;
  std::size_t column = 0;    // from 1, in bytes
  bool starts_line = false;  // the first one of its logical line
};

/// Splits a C++ source file as a compiler does: spliced lines are joined, comments are gone, `%:` is `#`, and raw
/// literals are whole. Groups that #if would skip are read as well. The text is assumed to have no bare carriage return
/// and no zero byte, which compilers treat differently.
std::vector<SourceToken> source_tokens(std::string_view source);

}  // namespace corokit::moulinette
