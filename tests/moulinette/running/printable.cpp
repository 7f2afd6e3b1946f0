#include "running/printable.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace corokit::moulinette {

namespace {

/// Whether a terminal acts on the character that begins here, which is not ASCII: a control character of C1, or one that
/// turns the direction of what follows.
bool acts_on_terminal(const std::string& text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  if (byte(0) == 0xc2) return byte(1) >= 0x80 && byte(1) < 0xa0;  // U+0080 to U+009F
  if (byte(0) != 0xe2) return false;
  if (byte(1) == 0x80)
    return (byte(2) & ~1U) == 0x8e || (byte(2) >= 0xaa && byte(2) <= 0xae);  // U+200E, U+202A …
  return byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;              // U+2066 to U+2069
}

}  // namespace

std::string printable(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) < 0x20 || text[i] == 0x7f) text[i] = ' ';
    if (acts_on_terminal(text, i)) text.replace(i, text[i] == '\xc2' ? 2 : 3, " ");
  }
  const std::string valid =
      nlohmann::json(std::move(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(valid).get<std::string>();
}

std::string printable_lines(const std::string& text) {
  std::string lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines += printable(text.substr(at, end - at));
    if (end < text.size()) lines += '\n';
    at = end + 1;
  }
  return lines;
}

std::string shortened(const std::string& text) {
  constexpr std::size_t kLongest = 1200;
  if (text.size() <= kLongest) return text;
  return printable(text.substr(0, kLongest * 3 / 4)) + " […] " +
         printable(text.substr(text.size() - kLongest / 4));
}

}  // namespace corokit::moulinette
