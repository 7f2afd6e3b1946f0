#include "when_ready.hpp"

namespace corokit::detail {

io::IoResult<io::SocketAddress> local_address_of(Socket& socket) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (const int failed = socket.local_address(address, size); failed < 0)
    return Err<std::error_code>(error_of(failed));
  return io::SocketAddress(address, size);
}

Task<io::IoResult<AcceptedSocket>> accept_when_ready(Socket& listener) {
  for (;;) {
    const Readiness seen = co_await ReadinessAwaiter(listener.source(), false);
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    int error = 0;
    if (std::unique_ptr<Socket> made = listener.accept(peer, size, error))
      co_return AcceptedSocket(std::move(made), io::SocketAddress(peer, size));
    if (error == -ECONNABORTED) continue;  // that connection is gone; the next one may be there
    if (error != -EAGAIN) co_return Err<std::error_code>(error_of(error));
    if (seen.bits & Readiness::kEnded)
      co_return Err<std::error_code>(make_error_code(io::Errc::runtime_ended));
    listener.source().clear(Readiness::kReadable, seen);
  }
}

}  // namespace corokit::detail
