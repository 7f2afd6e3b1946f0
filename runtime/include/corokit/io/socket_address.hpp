#pragma once
#include <corokit/io/error.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace corokit::io {

/// An address of the internet protocols, of version 4 or 6, with a port.
class SocketAddress {
 public:
  /// The address 0.0.0.0:0.
  SocketAddress() noexcept;
  /// Requires: `size` bytes of `address` are an address of IPv4 or IPv6.
  SocketAddress(const sockaddr_storage& address, socklen_t size) noexcept;

  /// Reads "127.0.0.1:80" or "[::1]:80". It asks no name server: see resolve().
  /// Returns: the address; std::errc::invalid_argument for any other text.
  static IoResult<SocketAddress> parse(std::string_view text);
  /// Returns: an address of this machine, 127.0.0.1; port 0 lets the system choose one.
  static SocketAddress loopback(std::uint16_t port) noexcept;
  /// Returns: all addresses of this machine, 0.0.0.0, to listen on.
  static SocketAddress any(std::uint16_t port) noexcept;

  /// Returns: the port.
  std::uint16_t port() const noexcept;
  /// Returns: AF_INET or AF_INET6.
  int family() const noexcept { return address_.ss_family; }
  /// Returns: the text that parse() reads.
  std::string to_string() const;

  /// Returns: the address as system calls take it; size() is its size.
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&address_); }
  /// Returns: the size of what get() points to.
  socklen_t size() const noexcept { return size_; }

  friend bool operator==(const SocketAddress& a, const SocketAddress& b) noexcept;

 private:
  sockaddr_storage address_{};
  socklen_t size_ = 0;
};

}  // namespace corokit::io
