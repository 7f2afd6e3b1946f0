#include "platforms/report_file.hpp"

#include "error.hpp"
#include "process/descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(const fs::path& file, int error) {
  throw broken(fmt::format("The report {} cannot be written: {}.", file.string(), std::strerror(error)));
}

/// Returns: 0, or the error.
int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return errno;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
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
    const Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    const int error = descriptor ? write_all(descriptor.get(), text) : errno;
    if (error != 0) fail(file, error);
    return;
  }
  static std::atomic<unsigned> writes{0};
  const fs::path target = target_of(file);
  const std::string part =
      fmt::format("{}.{}.{}.part", target.string(), getpid(), writes.fetch_add(1, std::memory_order_relaxed));
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) fail(file, errno);
  int error = write_all(descriptor, text);
  if (::close(descriptor) != 0 && error == 0)
    error = errno;  // where some file systems say that a disk is full
  if (error == 0 && ::rename(part.c_str(), target.c_str()) != 0) error = errno;
  if (error == 0) return;
  ::unlink(part.c_str());
  fail(file, error);
}

}  // namespace corokit::moulinette
