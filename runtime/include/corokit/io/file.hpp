#pragma once
#include <corokit/io/buffer.hpp>
#include <corokit/io/descriptor.hpp>
#include <corokit/io/error.hpp>
#include <corokit/task.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace corokit::io {

/// A file of a disk. The system cannot wait for one without blocking, so each operation runs on a thread of
/// spawn_blocking(): read and write large pieces.
///
/// It keeps its own position, which moves when an operation is over. So a read that is dropped has read nothing.
///
/// Requires: it outlives what is awaited of it. Thread-safety: one task at a time.
class File {
 public:
  /// What is opened, and what for.
  enum class Mode {
    read,    ///< an existing file
    write,   ///< a new file, or an existing one, which is emptied
    append,  ///< a new file, or an existing one, at whose end all writes go
    update,  ///< an existing file, to read and to write
    create,  ///< a new file, to read and to write: std::errc::file_exists if there is one
  };

  /// Opens a file. Returns: the file, or the error. Throws: std::logic_error outside of a runtime.
  /// Thread-safety: any task.
  /// Cancel-safety: dropped while it waits, the file may have been made or emptied, and is closed.
  static Task<IoResult<File>> open(std::string path, Mode mode = Mode::read);

  /// Reads from the position on. Requires: the buffer lives until the await is over.
  /// Returns: how many bytes came, 0 at the end of the file; or the error.
  /// Thread-safety: one task at a time.
  /// Cancel-safety: dropped while it waits, it has read nothing.
  /// Complexity: a copy of the bytes, as the thread that reads has a buffer of its own.
  Task<IoResult<std::size_t>> read(MutableBuffer into);
  /// Writes at the position. Requires: the buffer lives until write() has returned its Task.
  /// Returns: how many bytes were written, or the error.
  /// Thread-safety: one task at a time.
  /// Cancel-safety: not safe: dropped while it waits, it may have written, and the position is where it was.
  /// Complexity: a copy of the bytes.
  Task<IoResult<std::size_t>> write(ConstBuffer from);
  /// Waits until all that was written is on the disk. Returns: nothing, or the error.
  /// Thread-safety: one task at a time.
  /// Cancel-safety: nothing to lose.
  Task<IoResult<void>> sync();

  /// The position, in bytes from the beginning. It may be set behind the end.
  std::uint64_t position() const noexcept { return position_; }
  /// Moves the position.
  void seek(std::uint64_t position) noexcept { position_ = position; }
  /// Returns: the size in bytes, or the error. It looks at once: that takes no longer than any short system call.
  IoResult<std::uint64_t> size() const noexcept;

 private:
  File(std::shared_ptr<const Descriptor> descriptor, bool appends) noexcept
      : descriptor_(std::move(descriptor)), appends_(appends) {}

  std::shared_ptr<const Descriptor> descriptor_;  // shared with operations that were dropped and still run
  bool appends_;
  std::uint64_t position_ = 0;
};

/// Reads a whole file. Returns: its content; or the error, Errc::too_long if it has more than `limit` bytes.
/// Throws: std::logic_error outside of a runtime.
/// Thread-safety: any task.
/// Cancel-safety: nothing to lose.
Task<IoResult<std::string>> read_file(std::string path, std::size_t limit = std::size_t{1} << 30U);
/// Writes a file, or replaces the content of one. Throws: std::logic_error outside of a runtime.
/// Thread-safety: any task.
/// Cancel-safety: not safe: dropped while it waits, the file may be written, or in part.
Task<IoResult<void>> write_file(std::string path, std::string content);

}  // namespace corokit::io
