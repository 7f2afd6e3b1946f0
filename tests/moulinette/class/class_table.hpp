#pragma once
#include "class/class_result.hpp"
#include "output/output_options.hpp"

#include <string>

namespace corokit::moulinette {

/// Returns: the results of a class for a terminal: a line a student, how the class did, and which hand-ins are alike.
std::string class_table(const ClassResult& result, const OutputOptions& output);

/// Returns: how many hand-ins have nothing that can be graded, such as a damaged zip, whose and why, and what to do then, in
///   lines; empty if each has something.
std::string without_marks(const ClassResult& result);

}  // namespace corokit::moulinette
