#include <corokit/io/tcp.hpp>

#include "system_device.hpp"
#include "when_ready.hpp"

#include <netinet/tcp.h>

namespace corokit::io {

using corokit::detail::error_of;
using corokit::detail::local_address_of;
using corokit::detail::Readiness;
using corokit::detail::ReadinessAwaiter;
using corokit::detail::Socket;

namespace {

IoResult<void> result_of(int result) noexcept {
  if (result < 0) return Err<std::error_code>(error_of(result));
  return {};
}

}  // namespace

TcpStream::TcpStream(std::unique_ptr<Socket> socket) noexcept : ByteStream(std::move(socket)) {
  static_cast<void>(set_nodelay(true));
}

Socket& TcpStream::socket() const noexcept {
  return static_cast<Socket&>(device());
}

Task<IoResult<TcpStream>> TcpStream::connect(SocketAddress peer) {
  auto made = corokit::detail::begin_connect(SOCK_STREAM, peer.get(), peer.size(), "TcpStream::connect");
  if (!made) co_return Err<std::error_code>(made.error());
  std::unique_ptr<Socket>& socket = *made;
  const Readiness seen = co_await ReadinessAwaiter(socket->source(), true);
  if (const int error = socket->take_error(); error < 0) co_return Err<std::error_code>(error_of(error));
  if (seen.bits & Readiness::kEnded) co_return Err<std::error_code>(make_error_code(Errc::runtime_ended));
  co_return TcpStream(std::move(socket));
}

IoResult<void> TcpStream::shutdown(Shutdown which) noexcept {
  const int how = which == Shutdown::reading ? SHUT_RD : which == Shutdown::writing ? SHUT_WR : SHUT_RDWR;
  return result_of(socket().shutdown(how));
}

IoResult<void> TcpStream::set_nodelay(bool nodelay) noexcept {
  const int value = nodelay ? 1 : 0;
  return result_of(socket().set_option(IPPROTO_TCP, TCP_NODELAY, &value, sizeof value));
}

IoResult<SocketAddress> TcpStream::local_address() const noexcept {
  return local_address_of(socket());
}

IoResult<SocketAddress> TcpStream::peer_address() const noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (const int failed = socket().peer_address(address, size); failed < 0)
    return Err<std::error_code>(error_of(failed));
  return SocketAddress(address, size);
}

IoResult<TcpListener> TcpListener::bind(const SocketAddress& address, int backlog) {
  auto made =
      corokit::detail::bind_socket(SOCK_STREAM, address.get(), address.size(), backlog, "TcpListener::bind");
  if (!made) return Err<std::error_code>(made.error());
  return TcpListener(*std::move(made));
}

Task<IoResult<TcpListener::Accepted>> TcpListener::accept() {
  auto accepted = co_await corokit::detail::accept_when_ready(*socket_);
  if (!accepted) co_return Err<std::error_code>(accepted.error());
  co_return Accepted(TcpStream(std::move(accepted->socket)), accepted->peer);
}

IoResult<SocketAddress> TcpListener::local_address() const noexcept {
  return local_address_of(*socket_);
}

}  // namespace corokit::io
