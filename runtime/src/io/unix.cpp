#include <corokit/io/unix.hpp>

#include "system_device.hpp"
#include "when_ready.hpp"

#include <sys/un.h>
#include <cstddef>
#include <cstring>

namespace corokit::io {

using corokit::detail::error_of;
using corokit::detail::Readiness;
using corokit::detail::ReadinessAwaiter;
using corokit::detail::Socket;

namespace {

struct UnixAddress {
  sockaddr_un address{};
  socklen_t size = 0;

  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&address); }
};

/// Returns: the address of a path, which has room for a zero at its end.
IoResult<UnixAddress> address_of(const std::string& path) noexcept {
  UnixAddress made;
  if (path.size() >= sizeof made.address.sun_path)
    return Err<std::error_code>(std::make_error_code(std::errc::filename_too_long));
  if (path.empty() || path.find('\0') != std::string::npos)
    return Err<std::error_code>(std::make_error_code(std::errc::invalid_argument));
  made.address.sun_family = AF_UNIX;
  std::memcpy(made.address.sun_path, path.data(), path.size());
  made.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return made;
}

}  // namespace

UnixStream::UnixStream(std::unique_ptr<Socket> socket) noexcept : ByteStream(std::move(socket)) {}

Task<IoResult<UnixStream>> UnixStream::connect(std::string path) {
  const auto address = address_of(path);
  if (!address) co_return Err<std::error_code>(address.error());
  auto made =
      corokit::detail::begin_connect(SOCK_STREAM, address->get(), address->size, "UnixStream::connect");
  if (!made) co_return Err<std::error_code>(made.error());
  std::unique_ptr<Socket>& socket = *made;
  const Readiness seen = co_await ReadinessAwaiter(socket->source(), true);
  if (const int error = socket->take_error(); error < 0) co_return Err<std::error_code>(error_of(error));
  if (seen.bits & Readiness::kEnded) co_return Err<std::error_code>(make_error_code(Errc::runtime_ended));
  co_return UnixStream(std::move(socket));
}

IoResult<std::pair<UnixStream, UnixStream>> UnixStream::pair() {
  auto made = corokit::detail::make_socket_pair("UnixStream::pair");
  if (!made) return Err<std::error_code>(made.error());
  return std::pair(UnixStream(std::move(made->first)), UnixStream(std::move(made->second)));
}

IoResult<void> UnixStream::shutdown(Shutdown which) noexcept {
  const int how = which == Shutdown::reading ? SHUT_RD : which == Shutdown::writing ? SHUT_WR : SHUT_RDWR;
  if (const int failed = static_cast<Socket&>(device()).shutdown(how); failed < 0)
    return Err<std::error_code>(error_of(failed));
  return {};
}

IoResult<UnixListener> UnixListener::bind(const std::string& path, int backlog) {
  const auto address = address_of(path);
  if (!address) return Err<std::error_code>(address.error());
  auto made =
      corokit::detail::bind_socket(SOCK_STREAM, address->get(), address->size, backlog, "UnixListener::bind");
  if (!made) return Err<std::error_code>(made.error());
  return UnixListener(*std::move(made));
}

Task<IoResult<UnixStream>> UnixListener::accept() {
  auto accepted = co_await corokit::detail::accept_when_ready(*socket_);
  if (!accepted) co_return Err<std::error_code>(accepted.error());
  co_return UnixStream(std::move(accepted->socket));
}

}  // namespace corokit::io
