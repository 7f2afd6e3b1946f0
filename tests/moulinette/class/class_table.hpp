#pragma once
#include "class/class_result.hpp"
#include "output/output_options.hpp"

#include <string>

namespace corokit::moulinette {

/// Returns: the results of a class for a terminal: a line a student, how the class did, and which hand-ins are alike.
std::string class_table(const ClassResult& result, const OutputOptions& output);

}  // namespace corokit::moulinette
