#pragma once
#include <corokit/io/byte_stream.hpp>

#include <memory>
#include <string>
#include <utility>

namespace corokit::io {

/// A connection between two processes of one machine, or between two tasks.
class UnixStream : public ByteStream {
 public:
  /// Which direction ends.
  enum class Shutdown { reading, writing, both };

  /// Connects to the listener whose socket is the file `path`.
  ///
  /// Returns: the connection; or the error, std::errc::no_such_file_or_directory, std::errc::connection_refused if nobody
  ///   listens any more.
  /// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
  /// Thread-safety: any task.
  /// Cancel-safety: dropped while it waits, the attempt ends, and its socket is closed.
  static Task<IoResult<UnixStream>> connect(std::string path);
  /// Returns: two streams that are connected to each other. Throws: as connect().
  static IoResult<std::pair<UnixStream, UnixStream>> pair();

  /// Ends one direction, or both: the peer reads what was written before, and then the end.
  IoResult<void> shutdown(Shutdown which) noexcept;

 private:
  friend class UnixListener;
  explicit UnixStream(std::unique_ptr<corokit::detail::Socket> socket) noexcept;
};

/// Waits for connections at a path. The file of the socket stays behind: whoever made it removes it.
class UnixListener {
 public:
  /// Returns: the listener; or the error, std::errc::address_in_use if there is such a file,
  ///   std::errc::filename_too_long if the path has more than 107 bytes.
  /// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
  static IoResult<UnixListener> bind(const std::string& path, int backlog = 1024);

  /// Waits for the next connection. Requires: the listener outlives the await.
  /// Returns: the connection, or an error. One such as std::errc::too_many_files_open passes: wait for a while.
  /// Thread-safety: may be called at once from any thread: each connection goes to one of the callers.
  /// Cancel-safety: dropped while it waits, no connection is lost.
  Task<IoResult<UnixStream>> accept();

  /// Returns: the descriptor, for calls that are not here; -1 in a simulation.
  int descriptor() const noexcept { return socket_->descriptor(); }

 private:
  explicit UnixListener(std::unique_ptr<corokit::detail::Socket> socket) noexcept
      : socket_(std::move(socket)) {}
  std::unique_ptr<corokit::detail::Socket> socket_;
};

}  // namespace corokit::io
