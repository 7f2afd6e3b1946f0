#pragma once
#include "class/class_result.hpp"
#include "class/page_words.hpp"

#include <string>

namespace corokit::moulinette {

/// Returns: the part of the page of a class that lists the hand-ins that are alike, with links to both side by side.
std::string list_of_similar(const ClassResult& result, const Words& say);

/// Returns: whom a hand-in resembles, for one cell of a table.
std::string others_alike(const StudentResult& student);

}  // namespace corokit::moulinette
