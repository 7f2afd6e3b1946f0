#pragma once
#include "class/class_result.hpp"
#include "exercise/manifest.hpp"
#include "output/language.hpp"

#include <cstddef>
#include <filesystem>

namespace corokit::moulinette {

struct PageOptions {
  std::size_t hints = 0;                  // for the test that a student's page shows in full, at most
  Language language = Language::english;  // of the page of the class; a student's page has the student's
};

/// Writes what people read of a class into the folder of class.json: grades.csv, index.html, and a page for each student,
/// made from feedback_file().
///
/// Throws: Error if a file cannot be read or written.
void write_pages(const ClassResult& result, const std::filesystem::path& out, const Exercise& exercise,
                 const PageOptions& options);

}  // namespace corokit::moulinette
