#pragma once
#include "class/intake.hpp"
#include "class/result_cache.hpp"

#include <filesystem>

namespace corokit::moulinette {

/// Keeps the sources of all attempts in the cache, and adds to each student who has an attempt those that the class.json in
/// `results` knows and that are there no more, as when a file was overwritten. They are attempts like the others: each comes
/// before the one whose file has its name, else before all.
void keep_attempts(Intake& intake, const std::filesystem::path& results, const ResultCache& cache);

}  // namespace corokit::moulinette
