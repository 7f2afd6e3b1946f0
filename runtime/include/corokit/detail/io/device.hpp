#pragma once
#include <corokit/detail/io/io_source.hpp>

#include <sys/socket.h>
#include <sys/uio.h>
#include <memory>
#include <span>

namespace corokit::detail {

/// Something open, such as a socket: its calls, none of which blocks, and its readiness. A call returns what the system call
/// of its name returns, or minus the error number. The system is one implementation; the network of a simulation is another.
///
/// Thread-safety: may be called at once from any thread.
class Device {
 public:
  Device() noexcept = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;
  virtual ~Device() = default;

  virtual ssize_t read(std::span<const iovec> into) noexcept = 0;
  virtual ssize_t write(std::span<const iovec> from) noexcept = 0;
  /// Returns: the descriptor; -1 if there is none.
  virtual int descriptor() const noexcept { return -1; }
  virtual IoSource& source() noexcept = 0;
};

/// What a socket can do besides.
class Socket : public Device {
 public:
  virtual int shutdown(int how) noexcept = 0;
  /// Returns: a socket for a new connection; else null, and `error` is minus the error number.
  virtual std::unique_ptr<Socket> accept(sockaddr_storage& peer, socklen_t& size, int& error) = 0;
  virtual ssize_t receive(std::span<const iovec> into, sockaddr_storage& from, socklen_t& size,
                          int flags) noexcept = 0;
  virtual ssize_t send(std::span<const iovec> message, const sockaddr* to, socklen_t size) noexcept = 0;
  /// Returns: the pending error, as getsockopt(SO_ERROR) does.
  virtual int take_error() noexcept = 0;
  virtual int local_address(sockaddr_storage& address, socklen_t& size) noexcept = 0;
  virtual int peer_address(sockaddr_storage& address, socklen_t& size) noexcept = 0;
  virtual int set_option(int level, int name, const void* value, socklen_t size) noexcept = 0;
};

}  // namespace corokit::detail
