#pragma once
#include <string>

namespace corokit::moulinette {

/// Returns: what a sanitizer has found, by what it printed, and at which lines of the solution, whose copy is called
///   solution.cpp; empty if none has found anything.
std::string sanitizer_finding(const std::string& output);

}  // namespace corokit::moulinette
