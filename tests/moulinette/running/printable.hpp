#pragma once
#include <string>

namespace corokit::moulinette {

/// Returns: the text without control characters and in valid UTF-8, for one line of a terminal and for JSON.
std::string printable(std::string text);

/// Returns: a printable text without its middle, if it is too long for a report.
std::string shortened(const std::string& text);

}  // namespace corokit::moulinette
