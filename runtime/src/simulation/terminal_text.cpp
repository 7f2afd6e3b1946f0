#include "terminal_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <utility>

namespace corokit::explorer {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
constexpr bool is_in(const std::array<Range, N>& ranges, char32_t c) noexcept {
  return std::ranges::any_of(ranges, [c](const Range& range) { return range.first <= c && c <= range.last; });
}

// From the Unicode Standard: what is a control or format character and would change how the rest is shown.
constexpr std::array<Range, 10> kControls{{{0x00, 0x1F},
                                           {0x7F, 0x9F},
                                           {0x061C, 0x061C},
                                           {0x200B, 0x200F},
                                           {0x2028, 0x202E},
                                           {0x2060, 0x206F},
                                           {0xFEFF, 0xFEFF},
                                           {0xFFF9, 0xFFFB},
                                           {0xE0000, 0xE007F},
                                           {0x110000, 0xFFFFFFFF}}};
// Marks that stand above, below or around the character before them: blocks of them as a whole.
constexpr std::array<Range, 15> kCombining{{{0x0300, 0x036F},
                                            {0x0483, 0x0489},
                                            {0x0591, 0x05BD},
                                            {0x0610, 0x061A},
                                            {0x064B, 0x065F},
                                            {0x093C, 0x093C},
                                            {0x0941, 0x0948},
                                            {0x0E34, 0x0E3A},
                                            {0x0E47, 0x0E4E},
                                            {0x1AB0, 0x1AFF},
                                            {0x1DC0, 0x1DFF},
                                            {0x20D0, 0x20FF},
                                            {0xFE00, 0xFE0F},
                                            {0xFE20, 0xFE2F},
                                            {0xE0100, 0xE01EF}}};
// East Asian Width "wide" or "fullwidth": blocks as a whole.
constexpr std::array<Range, 20> kWide{
    {{0x1100, 0x115F}, {0x231A, 0x231B}, {0x23E9, 0x23EC}, {0x2614, 0x2615},   {0x2648, 0x2653},
     {0x26A1, 0x26A1}, {0x26D4, 0x26D4}, {0x2705, 0x2705}, {0x274C, 0x274E},   {0x2753, 0x2757},
     {0x2B50, 0x2B55}, {0x2E80, 0x303E}, {0x3041, 0xA4CF}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
     {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}}};

std::size_t width_of(char32_t c) noexcept {
  return is_in(kCombining, c) ? 0 : is_in(kWide, c) ? 2 : 1;
}

/// Takes characters off a text while they fit into `width` columns. Returns: how many bytes they are.
std::size_t fitting(std::string_view text, std::size_t width) noexcept {
  std::string_view rest = text;
  std::size_t taken = 0;
  while (!rest.empty()) {
    const std::size_t needed = width_of(take_character(rest));
    if (needed > width) break;
    width -= needed;
    taken = text.size() - rest.size();
  }
  return taken;
}

std::string without_trailing_spaces(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

}  // namespace

char32_t take_character(std::string_view& text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  constexpr std::array<char32_t, 5> kFirst{0, 0, 0x80, 0x800, 0x10000};  // shorter forms exist below these
  char32_t c = length < 2 ? lead : static_cast<char32_t>(lead & (0x7F >> length));
  bool valid = length != 0 && length <= text.size();
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = (byte(i) & 0xC0) == 0x80;
    c = c << 6 | (byte(i) & 0x3F);
  }
  valid = valid && c >= kFirst[length] && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
  text.remove_prefix(valid ? length : 1);
  return valid ? c : kReplacement;
}

void append(std::string& text, char32_t c) {
  const auto put = [&text](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) return put(c);
  if (c < 0x800) return put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  if (c < 0x10000) return put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const char32_t c = take_character(text);
    if (c == '\t') {
      result += ' ';
    } else if (is_in(kControls, c)) {
      std::array<char, 16> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      result += escape.data();
    } else {
      append(result, c);
    }
  }
  return result;
}

std::vector<std::string> printable_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    lines.push_back(printable(line));
  }
  return lines;
}

std::size_t columns(std::string_view text) noexcept {
  std::size_t result = 0;
  while (!text.empty()) result += width_of(take_character(text));
  return result;
}

std::string elide(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  if (width == 0) return "";
  return std::string(text.substr(0, fitting(text, width - 1))) + "…";
}

std::string pad(std::string text, std::size_t width) {
  const std::size_t taken = columns(text);
  if (taken < width) text.append(width - taken, ' ');
  return text;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t indent,
                              std::size_t most) {
  std::vector<std::string> lines;
  indent = std::min(indent, width / 2);
  do {
    const std::size_t before = lines.empty() ? 0 : indent;
    const std::string margin(before, ' ');
    if (lines.size() + 1 == most) {
      lines.push_back(without_trailing_spaces(margin + elide(text, width - before)));
      break;
    }
    std::size_t end = fitting(text, width - before);
    if (end < text.size()) {
      const std::size_t space = text.rfind(' ', end);
      if (space != std::string_view::npos && space > 0) end = space;
    }
    if (end == 0 && !text.empty()) {  // a wide character in one column
      std::string_view rest = text;
      take_character(rest);
      end = text.size() - rest.size();
    }
    lines.push_back(without_trailing_spaces(margin + std::string(text.substr(0, end))));
    text.remove_prefix(end);
    while (text.starts_with(' ')) text.remove_prefix(1);
  } while (!text.empty());
  return lines;
}

std::string lane_name(const Recording& recording, std::size_t lane) {
  const bool is_known = lane < recording.lanes.size();
  const std::string name = is_known ? without_trailing_spaces(printable(recording.lanes[lane])) : "";
  return name.empty() ? "lane " + std::to_string(lane) : name;
}

std::string time_text(std::int64_t nanoseconds) {
  constexpr std::array<std::pair<std::int64_t, const char*>, 4> kUnits{
      {{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "µs"}, {1, "ns"}}};
  if (nanoseconds == 0) return "0 ms";
  const auto* const unit =
      std::ranges::find_if(kUnits, [=](const auto& u) { return std::abs(nanoseconds) >= u.first; });
  std::string text = std::to_string(nanoseconds / unit->first);
  std::int64_t rest = std::abs(nanoseconds % unit->first);
  if (rest != 0) text += '.';
  for (std::int64_t digit = unit->first / 10; rest != 0; digit /= 10) {
    text += static_cast<char>('0' + rest / digit);
    rest %= digit;
  }
  return text + " " + unit->second;
}

}  // namespace corokit::explorer
