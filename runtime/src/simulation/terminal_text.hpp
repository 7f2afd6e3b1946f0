#pragma once
#include "recording.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace corokit::explorer {

/// Takes the first character off a text that is not empty.
/// Returns: its code point; U+FFFD for each byte that is not UTF-8.
char32_t take_character(std::string_view& text) noexcept;
/// Appends a character as UTF-8.
void append(std::string& text, char32_t character);

/// Returns: the text as one line that any terminal may show: control characters, and those that turn the direction of
///   the text, are written out, as `\u001b`; a tab is a space; bytes that are not UTF-8 are U+FFFD.
std::string printable(std::string_view text);

/// Returns: the lines of a text, each of them printable.
std::vector<std::string> printable_lines(std::string_view text);

/// Returns: how many columns of a terminal a printable text takes. Wide characters, such as those of Chinese, take two;
///   combining ones none.
std::size_t columns(std::string_view text) noexcept;

/// Returns: the text, with "…" instead of its end if it takes more than `width` columns.
std::string elide(std::string_view text, std::size_t width);

/// Returns: the text, with spaces up to `width` columns.
std::string pad(std::string text, std::size_t width);

/// Returns: the lines of a text, each of at most `width` columns. They break at spaces where there are any; those after
///   the first begin with `indent` spaces. If there are more than `most`, the last of those ends with "…".
std::vector<std::string> wrap(std::string_view text, std::size_t width, std::size_t indent,
                              std::size_t most = SIZE_MAX);

/// Returns: the printable name of a lane; "lane 3" if it has none.
std::string lane_name(const Recording& recording, std::size_t lane);

/// Returns: a time in the largest unit that gives at least 1, without loss: "250 µs", "1.5 s".
std::string time_text(std::int64_t nanoseconds);

}  // namespace corokit::explorer
