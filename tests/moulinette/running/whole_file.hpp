#pragma once
#include "error.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace corokit::moulinette {

/// Throws: Error if the file cannot be read.
inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream input(file, std::ios::binary);
  if (!input) throw broken("Cannot read " + file.string() + ".");
  std::stringstream text;
  text << input.rdbuf();
  return std::move(text).str();
}

/// Writes a file as a whole or not at all, also if others write it at the same time.
///
/// Throws: Error if it cannot be written.
inline void write_file(const std::filesystem::path& file, const std::string& text) {
  static std::atomic<unsigned> writes{0};
  const std::filesystem::path part =
      fmt::format("{}.{}.{}.part", file.string(), getpid(), writes.fetch_add(1, std::memory_order_relaxed));
  std::ofstream output(part, std::ios::binary);
  output << text;
  output.close();
  std::error_code failed;
  if (output) std::filesystem::rename(part, file, failed);
  if (output && !failed) return;
  const std::string why = failed ? failed.message() : "is the disk full?";
  std::filesystem::remove(part, failed);
  throw broken(fmt::format("Cannot write {}: {}", file.string(), why));
}

}  // namespace corokit::moulinette
