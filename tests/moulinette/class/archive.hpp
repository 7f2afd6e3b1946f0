#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// Whether the name is that of an archive that unpack() reads: zip, tar, tar.gz, tgz.
bool is_archive(const std::filesystem::path& file);

/// What an archive may hold: whoever wrote it may have wanted to fill the disk.
struct UnpackLimits {
  std::size_t bytes = std::size_t{2} << 30U;  // of all files
  std::size_t file = 64U << 20U;              // of one file
  std::size_t entries = 200'000;
};

/// An entry of an archive that was not unpacked.
struct LeftOut {
  std::string name;  // in the archive
  std::string why;   // a sentence
};

/// Unpacks an archive into a folder, with the times of its files. What is neither a file nor a folder is left out, such as a
/// symbolic link, and so is a name that leads out of the folder. Names become UTF-8 in any locale, also those that an
/// archive has in Latin-1 or in a DOS code page.
///
/// Returns: the entries that were left out.
/// Throws: Error if it is no archive, is damaged, or holds more than the limits allow.
std::vector<LeftOut> unpack(const std::filesystem::path& archive, const std::filesystem::path& folder,
                            const UnpackLimits& limits = {});

/// Returns: the names of the entries.
/// Throws: Error if it is no archive, or is damaged.
std::vector<std::string> names_in(const std::filesystem::path& archive);

}  // namespace corokit::moulinette
