#pragma once
#include "class/hand_ins.hpp"

namespace corokit::moulinette {

inline constexpr const char* kGradescopeMetadata = "submission_metadata.yml";

/// Reads what Gradescope exports: a folder for each submission, and a file that says whose it is, and since when. A
/// submission of a group is one of each of its members.
void read_gradescope(const std::filesystem::path& root, HandIns& found);

}  // namespace corokit::moulinette
