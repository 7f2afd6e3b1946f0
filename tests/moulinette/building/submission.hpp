#pragma once
#include <cstddef>
#include <filesystem>

namespace corokit::moulinette {

/// Checks that `file` can be a solution: a readable C++ source file, or a header, that is not empty and has at most
/// `max_bytes`.
///
/// Throws: Error, which says what is wrong and what to do next.
void check_submission(const std::filesystem::path& file, std::size_t max_bytes, bool is_header = false);

}  // namespace corokit::moulinette
