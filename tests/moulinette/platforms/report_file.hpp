#pragma once
#include <filesystem>
#include <string>

namespace corokit::moulinette {

/// Writes a report, whole or not at all: who reads the file finds the old text or the new one, and a disk that is full
/// costs neither. What is no plain file, such as a pipe or /dev/stdout, is written to as it is.
///
/// Throws: Error that says why it cannot be written.
void write_report_file(const std::filesystem::path& file, const std::string& text);

}  // namespace corokit::moulinette
