#include "platforms/report_file.hpp"

#include "error.hpp"
#include "whole_file.hpp"
#include "why_not_written.hpp"

#include <corokit/io/descriptor.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <cerrno>
#include <cstring>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(const fs::path& file, int error) {
  throw broken(fmt::format("The report {} cannot be written: {}", file.string(), why_not_written(error)));
}

/// Returns: the file that a path leads to: a link stays a link.
fs::path target_of(const fs::path& file) {
  std::error_code failed;
  const fs::path target = fs::is_symlink(file, failed) ? fs::canonical(file, failed) : file;
  return failed ? file : target;
}

}  // namespace

void write_report_file(const fs::path& file, const std::string& text) {
  if (fs::is_directory(file)) fail(file, EISDIR);
  if (fs::exists(file) && !fs::is_regular_file(file)) {
    const io::Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    if (descriptor && write_all(descriptor.get(), text)) return;
    fail(file, errno);
  }
  if (!write_if_possible(target_of(file), text)) fail(file, errno);
}

}  // namespace corokit::moulinette
