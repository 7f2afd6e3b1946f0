#pragma once
#include <corokit/io/byte_stream.hpp>
#include <corokit/io/socket_address.hpp>

#include <memory>

namespace corokit::io {

/// Sends and receives datagrams, each of which comes whole, or not at all.
///
/// Requires: it outlives what is awaited of it.
class UdpSocket {
 public:
  /// What has come, and from whom.
  struct Received {
    std::size_t size = 0;  // of the datagram, which is more than came if the buffer was too small
    SocketAddress from;
  };

  /// Makes a socket with an address of this machine. Returns: the socket, or the error.
  /// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
  static IoResult<UdpSocket> bind(const SocketAddress& address);

  /// Sends a datagram. Requires: the buffer lives until the await is over.
  /// Returns: nothing, or the error; std::errc::message_size if it is too long.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: dropped while it waits, nothing was sent.
  Task<IoResult<void>> send_to(ConstBuffer message, SocketAddress to);
  /// Waits for a datagram. Requires: the buffer lives until the await is over.
  /// Returns: its size and its sender, or the error. What does not fit into the buffer is lost.
  /// Thread-safety: may be called at once from any thread: each datagram goes to one of the callers.
  /// Cancel-safety: dropped while it waits, no datagram is lost.
  Task<IoResult<Received>> receive_from(MutableBuffer into);

  /// Returns: its own address.
  IoResult<SocketAddress> local_address() const noexcept;
  /// Returns: the descriptor, for calls that are not here; -1 in a simulation.
  int descriptor() const noexcept { return socket_->descriptor(); }

 private:
  explicit UdpSocket(std::unique_ptr<corokit::detail::Socket> socket) noexcept : socket_(std::move(socket)) {}
  std::unique_ptr<corokit::detail::Socket> socket_;
};

}  // namespace corokit::io
