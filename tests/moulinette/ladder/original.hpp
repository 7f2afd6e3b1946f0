#pragma once
#include "exercise/manifest.hpp"
#include "exercise/spec.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace corokit::moulinette {

/// Keeps a copy of the file to fill in, in the build folder, while nobody has changed it: while it is no younger than the
/// files that came with it. What cannot be kept is not kept.
void keep_original(const Exercise& exercise, const Spec& spec);

/// Returns: the file to fill in as it was given; nothing if nobody knows it any more.
///
/// In a repository it is that of the newest commit that changed what else there is of the exercise, which students leave
/// alone: so commits of their own do no harm. Elsewhere, as in an archive, it is what keep_original() has kept.
std::optional<std::string> original_of(const Exercise& exercise, const Spec& spec);

/// What was done with the file to fill in.
struct Reset {
  std::filesystem::path file;
  std::filesystem::path kept;  // the file as it was; empty if it was the original, or was gone
};

/// Puts the original back. What the file was is kept beside it: in FILE.1, or in FILE.2 if there is one, and so on.
///
/// Throws: Error if a file cannot be written.
Reset reset(const std::filesystem::path& file, const std::string& original);

}  // namespace corokit::moulinette
