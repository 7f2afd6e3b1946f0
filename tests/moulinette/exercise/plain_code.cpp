#include "exercise/plain_code.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace corokit::moulinette {
namespace {

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

/// Returns: where the text in quotes ends that begins at `begin`. A ' between digits begins none.
std::size_t end_of_quoted(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  if (quote == '\'' && begin > 0 && std::isalnum(static_cast<unsigned char>(text[begin - 1])))
    return begin + 1;
  std::size_t at = begin + 1;
  while (at < text.size() && text[at] != quote && text[at] != '\n') at += text[at] == '\\' ? 2 : 1;
  return at + 1;
}

}  // namespace

std::string without_comments(std::string_view text) {
  std::string plain;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = at + 1;
    const bool is_line = text.substr(at).starts_with("//");
    const bool is_block = text.substr(at).starts_with("/*");
    if (is_line) end = text.find('\n', at);
    if (is_block) {
      end = text.find("*/", at + 2);
      if (end != std::string_view::npos) end += 2;
    }
    if (text[at] == '"' || text[at] == '\'') end = end_of_quoted(text, at);
    end = std::min(end, text.size());
    for (; at < end; ++at) plain += (is_line || is_block) && text[at] != '\n' ? ' ' : text[at];
  }
  return plain;
}

std::string squeezed(std::string_view text) {
  std::string plain = without_comments(text);
  constexpr std::string_view kUnused = "[[maybe_unused]]";
  for (std::size_t at = 0; (at = plain.find(kUnused, at)) != std::string::npos;)
    plain.erase(at, kUnused.size());
  std::string result;
  bool had_space = false;
  for (const char c : plain) {
    if (std::isspace(static_cast<unsigned char>(c))) {
      had_space = true;
      continue;
    }
    if (had_space && !result.empty() && is_word(result.back()) && is_word(c)) result += ' ';
    result += c;
    had_space = false;
  }
  return result;
}

}  // namespace corokit::moulinette
