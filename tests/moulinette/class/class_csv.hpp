#pragma once
#include "class/class_result.hpp"

#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Returns: a field of a CSV file, in quotes if it needs them (RFC 4180). A text that a spreadsheet would take for a formula
///   gets an apostrophe before it.
std::string csv_field(std::string_view text);

/// Returns: the grades of a class, a line a student in the order of the ids: student, name, the points of each test, total,
///   after_late_rule, verdict, norm, late_minutes, similar. Lines end as RFC 4180 says, in CR LF. Minutes are rounded up; `norm` and `similar` are lists with "; " between.
std::string class_csv(const ClassResult& result);

}  // namespace corokit::moulinette
