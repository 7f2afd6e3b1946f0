#include "whole_file.hpp"

#include "error.hpp"
#include "why_not_written.hpp"

#include <corokit/io/descriptor.hpp>

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

std::optional<std::string> read_all(int descriptor) {
  std::string text;
  std::array<char, 1U << 16U> part;
  for (;;) {
    const ssize_t got = ::read(descriptor, part.data(), part.size());
    if (got < 0 && errno != EINTR) return {};
    if (got == 0) return text;
    if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::optional<std::string> read_if_possible(const fs::path& file) {
  const io::Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return opened ? read_all(opened.get()) : std::nullopt;
}

std::string read_file(const fs::path& file) {
  if (auto text = read_if_possible(file)) return *std::move(text);
  throw broken("Cannot read " + file.string() + ": " + std::strerror(errno) + ".");
}

bool write_if_possible(const fs::path& file, const std::string& text) {
  static std::atomic<unsigned> writes{0};
  const std::string number = std::to_string(writes.fetch_add(1, std::memory_order_relaxed));
  const std::string part = file.string() + "." + std::to_string(getpid()) + "." + number + ".part";
  const int opened = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (opened < 0) return false;
  const bool written = write_all(opened, text);
  int error = written ? 0 : errno;
  // Some file systems say only here that the disk is full.
  if (::close(opened) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(part.c_str(), file.c_str()) != 0) error = errno;
  if (error == 0) return true;
  ::unlink(part.c_str());
  errno = error;
  return false;
}

void write_file(const fs::path& file, const std::string& text) {
  if (write_if_possible(file, text)) return;
  throw broken("Cannot write " + file.string() + ": " + why_not_written(errno));
}

}  // namespace corokit::moulinette
