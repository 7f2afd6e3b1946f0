#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace corokit::moulinette {

/// Reads a table as spreadsheets write it: commas, semicolons or tabs between the fields, whichever the first line has most
/// of; fields in quotes, with "" for a quote and with line breaks in them; any line ends; a byte order mark. Fields have no
/// blanks around them, and empty lines are left out.
std::vector<std::vector<std::string>> read_csv(std::string_view text);

}  // namespace corokit::moulinette
