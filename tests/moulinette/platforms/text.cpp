#include "platforms/text.hpp"

#include <algorithm>
#include <cstdint>

namespace corokit::moulinette {
namespace {

constexpr char kEscape = '\x1b';

bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == '\x7f';
}

/// Returns: the length of the terminal sequence at the beginning of the text; 1 for an escape that begins none.
std::size_t length_of_sequence(std::string_view text) {
  if (text.size() < 2) return 1;
  if (text[1] == ']') {  // to a bell, or to an escape and a backslash
    const std::size_t end = text.find_first_of("\a\x1b\n", 2);
    if (end == std::string_view::npos) return text.size();
    return end + (text[end] == '\a' ? 1 : text.substr(end).starts_with("\x1b\\") ? 2 : 0);
  }
  if (text[1] != '[') return 1;
  const std::size_t end = text.find_first_not_of("0123456789;:<=>?", 2);
  if (end == std::string_view::npos) return text.size();
  return end + (text[end] >= '@' && text[end] <= '~' ? 1 : 0);
}

/// Returns: whether a terminal sequence sets colours.
bool sets_colours(std::string_view sequence) {
  return sequence.size() >= 3 && sequence.ends_with('m') &&
         sequence.substr(2, sequence.size() - 3).find_first_not_of("0123456789;") == std::string_view::npos;
}

std::string without_controls(std::string_view text, bool keeps_colours) {
  std::string kept;
  bool has_colours = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == kEscape) {
      const std::string_view sequence = text.substr(at, length_of_sequence(text.substr(at)));
      if (keeps_colours && sets_colours(sequence)) {
        kept += sequence;
        has_colours = true;
      }
      at += sequence.size();
      continue;
    }
    if (!is_control(text[at])) kept += text[at];
    ++at;
  }
  return has_colours ? kept + "\x1b[0m" : kept;
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::string plain(std::string_view text) {
  return without_controls(text, false);
}

std::string with_colours(std::string_view text) {
  return without_controls(text, true);
}

std::string xml_text(std::string_view text) {
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const std::string_view here = text.substr(at, 3);
    if (here == "\xef\xbf\xbe" || here == "\xef\xbf\xbf") {  // U+FFFE and U+FFFF
      out += kReplacement;
      at += 2;
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') {
      out += kReplacement;
    } else if (c == '&' || c == '<' || c == '>' || c == '"') {
      out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string xml_attribute(std::string_view text) {
  std::string out;
  for (const char c : xml_text(text)) {
    if (c == '\n' || c == '\t') {
      out += c == '\n' ? "&#10;" : "&#9;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string cut_to(std::string_view text, std::size_t most, std::string_view mark) {
  const auto length = [](std::string_view part) {
    return static_cast<std::size_t>(
        std::ranges::count_if(part, [](char c) { return !continues_character(c); }));
  };
  if (text.size() <= most || length(text) <= most) return std::string(text);
  const std::size_t kept = most - std::min(most, length(mark));
  std::size_t end = 0;
  for (std::size_t characters = 0; end < text.size(); ++end)
    if (!continues_character(text[end]) && characters++ == kept) break;
  return std::string(text.substr(0, end)).append(mark);
}

std::string indented(std::string_view text, std::string_view before) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out.append(before).append(text.substr(0, end)).append("\n");
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return out;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i)
      bits = bits << 8U | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) out += i <= group.size() ? kDigits[bits >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

}  // namespace corokit::moulinette
