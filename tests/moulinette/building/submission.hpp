#pragma once
#include <cstddef>
#include <filesystem>

namespace corokit::moulinette {

/// Throws Error, saying what to do next, unless `file` can be a solution: a readable C++ source file of a
/// sensible size with something in it.
void check_submission(const std::filesystem::path& file, std::size_t max_bytes);

}  // namespace corokit::moulinette
