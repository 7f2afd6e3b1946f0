#pragma once
#include "class/class_result.hpp"
#include "exercise/manifest.hpp"
#include "output/language.hpp"

#include <filesystem>

namespace corokit::moulinette {

/// Stands in Resemblance::student for a solution of the kit. No id has a blank.
inline constexpr const char* kSolution = "a solution of the kit";

/// Compares the hand-ins of a class with each other, and with the right solutions that the kit has, and fills in the
/// students' `similar`. Hand-ins of one group are not compared, nor are files of the same content, which `same_as` has.
/// Reads the files that count in `out`, and writes there similar/A-B.html, with both side by side, for each pair.
///
/// Throws: Error if a file cannot be read or written.
void find_resemblances(ClassResult& result, const std::filesystem::path& out, const Manifest& manifest,
                       Language language);

}  // namespace corokit::moulinette
