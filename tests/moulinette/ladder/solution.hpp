#pragma once
#include "exercise/manifest.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A right implementation, to be read.
struct Solution {
  std::filesystem::path file;  // relative to the current folder
  std::string difference;      // its opening comment, as one paragraph; of the reference: nothing
  std::string text;            // of the file; without that comment
};

/// Returns: the reference, then the other right implementations.
/// Throws: Error if a file cannot be read.
std::vector<Solution> solutions(const Manifest& manifest);

/// Takes the comment out of a text that opens it, but for #pragma once. Returns: its words, in one paragraph.
std::string take_opening_comment(std::string& text);

}  // namespace corokit::moulinette
