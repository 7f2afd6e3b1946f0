#pragma once
#include "pack/packed_tree.hpp"

#include <filesystem>
#include <vector>

namespace corokit::moulinette {

/// Writes a zip file. The same files give the same bytes: the order is theirs, and all times are one.
///
/// Throws: Error if it cannot be written; nothing of it is left then.
void write_zip(const std::filesystem::path& zip, const std::vector<PackedFile>& files);

/// Writes the files below a folder, which is made.
///
/// Throws: Error if one cannot be written; a folder that was made for them is removed then.
void write_folder(const std::filesystem::path& folder, const std::vector<PackedFile>& files);

}  // namespace corokit::moulinette
