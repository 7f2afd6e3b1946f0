#pragma once
#include <string>

namespace corokit::moulinette {

/// Returns: the text without what a terminal acts on, in valid UTF-8, for one line of a terminal and for JSON.
std::string printable(std::string text);

/// The same for a text of lines.
std::string printable_lines(const std::string& text);

/// Returns: a printable text without its middle, if it is too long for a report.
std::string shortened(const std::string& text);

}  // namespace corokit::moulinette
