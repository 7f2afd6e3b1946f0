#pragma once
#include <corokit/io/byte_stream.hpp>
#include <corokit/io/socket_address.hpp>

#include <memory>

namespace corokit::io {

/// A connection of TCP.
class TcpStream : public ByteStream {
 public:
  /// Which direction ends.
  enum class Shutdown { reading, writing, both };

  /// Connects to a listener.
  ///
  /// Returns: the connection; or the error, std::errc::connection_refused if nobody listens there.
  /// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
  /// Thread-safety: any task.
  /// Cancel-safety: dropped while it waits, the attempt ends, and its socket is closed.
  static Task<IoResult<TcpStream>> connect(SocketAddress peer);

  /// Ends one direction, or both: the peer reads what was written before, and then the end.
  IoResult<void> shutdown(Shutdown which) noexcept;
  /// Sends small messages at once (the default here), or collects them for a while (false), as Nagle proposed.
  IoResult<void> set_nodelay(bool nodelay) noexcept;
  /// Returns: the address on this side.
  IoResult<SocketAddress> local_address() const noexcept;
  /// Returns: the address on the other side.
  IoResult<SocketAddress> peer_address() const noexcept;

 private:
  friend class TcpListener;
  explicit TcpStream(std::unique_ptr<corokit::detail::Socket> socket) noexcept;
  corokit::detail::Socket& socket() const noexcept;
};

/// Waits for connections of TCP.
class TcpListener {
 public:
  /// A connection, and who made it.
  struct Accepted {
    /// Makes one of its parts.
    Accepted(TcpStream made, const SocketAddress& from) noexcept : stream(std::move(made)), peer(from) {}
    TcpStream stream;
    SocketAddress peer;
  };

  /// Listens on an address of this machine. The address can be used again at once after an earlier listener's end.
  ///
  /// Returns: the listener; or the error, std::errc::address_in_use if another one listens there.
  /// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
  static IoResult<TcpListener> bind(const SocketAddress& address, int backlog = 1024);

  /// Waits for the next connection.
  ///
  /// Requires: the listener outlives the await.
  /// Returns: the connection and who made it; or an error. One such as std::errc::too_many_files_open passes: the
  ///   connection still waits, so wait for a while before the next call.
  /// Thread-safety: may be called at once from any thread: each connection goes to one of the callers.
  /// Cancel-safety: dropped while it waits, no connection is lost.
  Task<IoResult<Accepted>> accept();

  /// Returns: the address on this side.
  IoResult<SocketAddress> local_address() const noexcept;
  /// Returns: the descriptor, for calls that are not here; -1 in a simulation.
  int descriptor() const noexcept { return socket_->descriptor(); }

 private:
  explicit TcpListener(std::unique_ptr<corokit::detail::Socket> socket) noexcept
      : socket_(std::move(socket)) {}
  std::unique_ptr<corokit::detail::Socket> socket_;
};

}  // namespace corokit::io
