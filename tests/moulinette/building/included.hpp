#pragma once
#include "exercise/manifest.hpp"

#include <filesystem>
#include <vector>

namespace corokit::moulinette {

/// Returns: the files of the kit that a compiler reads for `sources`, which are among them, and folders of which it may
///   read all: those of corokit's headers. Folders that hold solutions are searched for what is included, as a compiler
///   does, and so is `first`, before the others; there lies what was handed in, which is not asked what it includes.
std::vector<std::filesystem::path> files_to_compile(const Manifest& manifest,
                                                    const std::vector<std::filesystem::path>& sources,
                                                    const std::filesystem::path& first);

}  // namespace corokit::moulinette
