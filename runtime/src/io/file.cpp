#include <corokit/io/file.hpp>
#include <corokit/spawn_blocking.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace corokit::io {
namespace {

Err<std::error_code> last_error() noexcept {
  return Err<std::error_code>(std::error_code(errno, std::system_category()));
}

int flags_of(File::Mode mode) noexcept {
  switch (mode) {
    case File::Mode::read:
      return O_RDONLY;
    case File::Mode::write:
      return O_WRONLY | O_CREAT | O_TRUNC;
    case File::Mode::append:
      return O_WRONLY | O_CREAT | O_APPEND;
    case File::Mode::update:
      return O_RDWR;
    case File::Mode::create:
      return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

IoResult<std::shared_ptr<const Descriptor>> open_file(const std::string& path, File::Mode mode) {
  Descriptor opened;
  do opened = Descriptor(::open(path.c_str(), flags_of(mode) | O_CLOEXEC, 0666));
  while (!opened && errno == EINTR);
  if (!opened) return last_error();
  return std::make_shared<const Descriptor>(std::move(opened));
}

/// Calls again whatever a signal ended.
template <class F>
IoResult<std::size_t> repeat(F call) noexcept {
  for (;;) {
    const ssize_t moved = call();
    if (moved >= 0) return static_cast<std::size_t>(moved);
    if (errno != EINTR) return last_error();
  }
}

struct Piece {
  IoResult<std::size_t> got;
  std::unique_ptr<char[]> bytes;
};

Piece read_piece(const Descriptor& file, std::size_t room, std::uint64_t position) {
  Piece piece{0, std::make_unique_for_overwrite<char[]>(room)};
  piece.got =
      repeat([&] { return ::pread(file.get(), piece.bytes.get(), room, static_cast<off_t>(position)); });
  return piece;
}

IoResult<std::size_t> write_piece(const Descriptor& file, const std::string& bytes, std::uint64_t position,
                                  bool appends) noexcept {
  return repeat([&] {
    return appends ? ::write(file.get(), bytes.data(), bytes.size())
                   : ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(position));
  });
}

Task<IoResult<std::size_t>> write_copy(std::shared_ptr<const Descriptor> file, std::string bytes,
                                       std::uint64_t& position, bool appends) {
  auto work = [file, bytes = std::move(bytes), at = position, appends] {
    return write_piece(*file, bytes, at, appends);
  };
  auto put = co_await spawn_blocking(std::move(work));
  if (!put) co_return Err<std::error_code>(make_error_code(Errc::runtime_ended));
  if (*put) position += **put;
  co_return *std::move(put);
}

// Lambdas with captures have names here: g++ 12 destroys such temporaries of a co_await twice.

constexpr std::size_t kLargest = std::size_t{1} << 20U;  // of a piece that is moved at once

}  // namespace

Task<IoResult<File>> File::open(std::string path, Mode mode) {
  auto work = [path = std::move(path), mode] { return open_file(path, mode); };
  auto opened = co_await spawn_blocking(std::move(work));
  if (!opened) co_return Err<std::error_code>(make_error_code(Errc::runtime_ended));
  if (!*opened) co_return Err<std::error_code>(opened->error());
  co_return File(**std::move(opened), mode == Mode::append);
}

Task<IoResult<std::size_t>> File::read(MutableBuffer into) {
  const std::size_t room = std::min(into.size(), kLargest);
  auto work = [file = descriptor_, room, at = position_] { return read_piece(*file, room, at); };
  auto read = co_await spawn_blocking(std::move(work));
  if (!read) co_return Err<std::error_code>(make_error_code(Errc::runtime_ended));
  if (read->got) {
    std::memcpy(into.data(), read->bytes.get(), *read->got);
    position_ += *read->got;
  }
  co_return read->got;
}

Task<IoResult<std::size_t>> File::write(ConstBuffer from) {
  return write_copy(descriptor_, std::string(from.text().substr(0, kLargest)), position_, appends_);
}

Task<IoResult<void>> File::sync() {
  auto work = [file = descriptor_] { return repeat([&] { return ::fsync(file->get()); }); };
  auto done = co_await spawn_blocking(std::move(work));
  if (!done) co_return Err<std::error_code>(make_error_code(Errc::runtime_ended));
  if (!*done) co_return Err<std::error_code>(done->error());
  co_return IoResult<void>();
}

IoResult<std::uint64_t> File::size() const noexcept {
  struct stat status {};
  if (::fstat(descriptor_->get(), &status) < 0) return last_error();
  return static_cast<std::uint64_t>(status.st_size);
}

Task<IoResult<std::string>> read_file(std::string path, std::size_t limit) {
  auto file = co_await File::open(std::move(path));
  if (!file) co_return Err<std::error_code>(file.error());
  const std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kLargest);
  std::string content;
  for (;;) {
    auto got = co_await file->read(MutableBuffer(buffer.get(), kLargest));
    if (!got) co_return Err<std::error_code>(got.error());
    if (*got == 0) co_return content;
    if (*got > limit - content.size()) co_return Err<std::error_code>(make_error_code(Errc::too_long));
    content.append(buffer.get(), *got);
  }
}

Task<IoResult<void>> write_file(std::string path, std::string content) {
  auto file = co_await File::open(std::move(path), File::Mode::write);
  if (!file) co_return Err<std::error_code>(file.error());
  for (ConstBuffer rest(content); !rest.empty();) {
    auto put = co_await file->write(rest);
    if (!put) co_return Err<std::error_code>(put.error());
    rest = rest.after(*put);
  }
  co_return IoResult<void>();
}

}  // namespace corokit::io
