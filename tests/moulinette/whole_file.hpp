#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace corokit::moulinette {

/// Returns: the text of a file; none if it cannot be read, and errno says why.
std::optional<std::string> read_if_possible(const std::filesystem::path& file);

/// Returns: the text of a file. Throws: Error that says why it cannot be read.
std::string read_file(const std::filesystem::path& file);

/// Returns: whether all of a text could be written to a descriptor; otherwise errno says why.
[[nodiscard]] bool write_all(int descriptor, std::string_view text);

/// Writes a file as a whole or not at all, also if others write it at the same time. It is made anew, so what was a link
/// is one no more.
///
/// Returns: whether that was possible; otherwise errno says why, and the file is what it was.
[[nodiscard]] bool write_if_possible(const std::filesystem::path& file, const std::string& text);

/// The same. Throws: Error that says why it cannot be written.
void write_file(const std::filesystem::path& file, const std::string& text);

}  // namespace corokit::moulinette
