#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace corokit::moulinette {

// Texts of a solution or a compiler, which may hold anything. All take valid UTF-8, and give it.

/// Returns: the text without terminal sequences and control characters; newlines and tabs stay.
std::string plain(std::string_view text);

/// Returns: the same with the sequences that set colours, and one at the end that sets none.
std::string with_colours(std::string_view text);

/// Returns: the text for the content of an XML element. What XML 1.0 forbids even as a reference, such as NUL, becomes
///   U+FFFD.
std::string xml_text(std::string_view text);
/// Returns: the same for an attribute in double quotes, in which newlines stay newlines.
std::string xml_attribute(std::string_view text);

/// Returns: the text up to its end or to `most` characters, of which the last ones are `mark` if it is cut.
std::string cut_to(std::string_view text, std::size_t most, std::string_view mark = "…");

/// Returns: the text with `before` at the beginning of each line.
std::string indented(std::string_view text, std::string_view before);

/// Returns: base64 with padding, in one line.
std::string base64(std::string_view bytes);

}  // namespace corokit::moulinette
