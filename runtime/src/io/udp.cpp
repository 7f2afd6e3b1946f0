#include <corokit/io/udp.hpp>

#include "system_device.hpp"
#include "when_ready.hpp"

namespace corokit::io {

using corokit::detail::Direction;
using corokit::detail::when_ready;

IoResult<UdpSocket> UdpSocket::bind(const SocketAddress& address) {
  auto made = corokit::detail::bind_socket(SOCK_DGRAM, address.get(), address.size(), 0, "UdpSocket::bind");
  if (!made) return Err<std::error_code>(made.error());
  return UdpSocket(*std::move(made));
}

Task<IoResult<void>> UdpSocket::send_to(ConstBuffer message, SocketAddress to) {
  const auto send = [this, message, to] {
    return socket_->send(corokit::detail::parts_of(message), to.get(), to.size());
  };
  const auto sent = co_await when_ready(*socket_, Direction::writing, 0, send);
  if (!sent) co_return Err<std::error_code>(sent.error());
  co_return IoResult<void>();
}

Task<IoResult<UdpSocket::Received>> UdpSocket::receive_from(MutableBuffer into) {
  sockaddr_storage from{};
  socklen_t size = 0;
  const auto receive = [this, into, &from, &size] {
    return socket_->receive(corokit::detail::parts_of(into), from, size, MSG_TRUNC);
  };
  const auto got = co_await when_ready(*socket_, Direction::reading, 0, receive);
  if (!got) co_return Err<std::error_code>(got.error());
  co_return Received{*got, SocketAddress(from, size)};
}

IoResult<SocketAddress> UdpSocket::local_address() const noexcept {
  return corokit::detail::local_address_of(*socket_);
}

}  // namespace corokit::io
