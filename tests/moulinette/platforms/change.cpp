#include "platforms/change.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace corokit::moulinette {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return lines;
}

std::size_t utf16_length(std::string_view text) {
  std::size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) != 0x80U) length += byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

/// Returns: how many lines of the old text come before those of a hunk, "@@ -12,3 +12,4 @@"; none if it is no such line.
std::optional<std::size_t> lines_before(std::string_view header) {
  const std::size_t sign = header.find('-');
  if (sign == std::string_view::npos) return std::nullopt;
  const char* const end = header.data() + header.size();
  std::size_t first = 0;
  std::size_t count = 1;
  const auto [after, failed] = std::from_chars(header.data() + sign + 1, end, first);
  if (failed != std::errc()) return std::nullopt;
  if (after != end && *after == ',') std::from_chars(after + 1, end, count);
  if (count > 0 && first == 0) return std::nullopt;
  return count > 0 ? first - 1 : first;
}

struct Hunk {
  std::size_t before = 0;  // lines before it, as it says
  Lines old, made;
};

/// Returns: none if there is no hunk, or one that cannot be read.
std::optional<std::vector<Hunk>> hunks_of(std::string_view patch) {
  std::vector<Hunk> hunks;
  for (const std::string_view line : lines_of(patch)) {
    if (line.starts_with("@@ ")) {
      const auto before = lines_before(line);
      if (!before) return std::nullopt;
      hunks.push_back({*before, {}, {}});
    } else if (!hunks.empty() && !line.starts_with('\\')) {
      // Some tools leave out the blank of an empty line.
      const std::string_view text = line.empty() ? line : line.substr(1);
      if (!line.starts_with('+')) hunks.back().old.push_back(text);
      if (!line.starts_with('-')) hunks.back().made.push_back(text);
    }
  }
  if (hunks.empty()) return std::nullopt;
  return hunks;
}

/// Returns: where a hunk fits, from a line on: as near as can be to where it says, as patch finds it.
std::optional<std::size_t> place_of(const Hunk& hunk, const Lines& right, std::size_t from) {
  std::optional<std::size_t> nearest;
  const auto distance = [&hunk](std::size_t place) {
    return std::max(place, hunk.before) - std::min(place, hunk.before);
  };
  for (std::size_t place = from; place + hunk.old.size() <= right.size(); ++place) {
    if (!std::equal(hunk.old.begin(), hunk.old.end(), right.begin() + static_cast<std::ptrdiff_t>(place)))
      continue;
    if (!nearest || distance(place) < distance(*nearest)) nearest = place;
  }
  return nearest;
}

/// Returns: the patched lines; none if the patch does not fit.
std::optional<Lines> patched(const Lines& right, std::string_view patch) {
  const auto hunks = hunks_of(patch);
  if (!hunks) return std::nullopt;
  Lines wrong;
  std::size_t next = 0;  // of the right lines
  for (const Hunk& hunk : *hunks) {
    const auto place = place_of(hunk, right, next);
    if (!place) return std::nullopt;
    for (; next < *place; ++next) wrong.push_back(right[next]);
    wrong.insert(wrong.end(), hunk.made.begin(), hunk.made.end());
    next += hunk.old.size();
  }
  for (; next < right.size(); ++next) wrong.push_back(right[next]);
  return wrong;
}

std::string joined(const Lines& lines, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i < last; ++i) text.append(i == first ? "" : "\n").append(lines[i]);
  return text;
}

}  // namespace

std::optional<Change> change_of(std::string_view source, std::string_view patch) {
  const Lines right = lines_of(source);
  const std::optional<Lines> made = patched(right, patch);
  if (!made || right.empty() || *made == right) return std::nullopt;
  const Lines& wrong = *made;
  const std::size_t shorter = std::min(right.size(), wrong.size());
  std::size_t first = 0;
  while (first < shorter && right[first] == wrong[first]) ++first;
  std::size_t same = 0;  // at the end
  while (same < shorter - first && right[right.size() - 1 - same] == wrong[wrong.size() - 1 - same]) ++same;
  // Where lines are only added, the line before them is shown with them, or the one after.
  if (right.size() - same == first) first > 0 ? --first : --same;
  const std::size_t last = right.size() - same;
  const std::string replacement = joined(wrong, first, wrong.size() - same);
  std::size_t indentation = 0;
  while (indentation < std::min(right[first].size(), replacement.size()) &&
         right[first][indentation] == ' ' && replacement[indentation] == ' ')
    ++indentation;
  return Change{{first + 1, indentation + 1},
                {last, utf16_length(right[last - 1]) + 1},
                replacement.substr(indentation)};
}

Position end_of(std::string_view source) {
  const Lines lines = lines_of(source);
  if (lines.empty()) return {};
  return {lines.size(), utf16_length(lines.back()) + 1};
}

}  // namespace corokit::moulinette
