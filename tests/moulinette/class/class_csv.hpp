#pragma once
#include "class/class_result.hpp"

#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Returns: a field of a CSV file, in quotes if it needs them (RFC 4180). A text that a spreadsheet would take for a formula
///   gets an apostrophe before it.
std::string csv_field(std::string_view text);

/// Returns: the grades of a class, a line a student in the order of the ids: student, name, group, the points of each test,
///   total, after_late_rule, verdict, norm, handed_in, late_minutes, similar. Lines end as RFC 4180 says, in CR LF, and a
///   byte order mark comes first, by which spreadsheets know UTF-8. `handed_in` is in UTC, minutes are rounded up; `norm`
///   and `similar` are lists with "; " between.
std::string class_csv(const ClassResult& result);

}  // namespace corokit::moulinette
