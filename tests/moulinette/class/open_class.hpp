#pragma once
#include "class/archive.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Where the hand-ins of a class can be read.
struct OpenedClass {
  std::filesystem::path folder;
  std::vector<LeftOut> left_out;      // of archives that hold the whole class
  std::vector<std::string> problems;  // sentences
};

/// Opens the hand-ins of a class: a folder as it is, an archive unpacked into `work`, and an archive of the whole class that
/// is alone in one of these.
///
/// Throws: Error if an archive cannot be unpacked or has no file in it.
OpenedClass open_class(const std::filesystem::path& hand_ins, const std::filesystem::path& work);

/// Whether these names in an archive are those of several students: as platforms write them, or the same source in several
/// folders that are no attempts, or several archives.
bool holds_class(const std::vector<std::string>& names);

}  // namespace corokit::moulinette
