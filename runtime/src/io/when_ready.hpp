#pragma once
#include <corokit/detail/io/device.hpp>
#include <corokit/io/buffer.hpp>
#include <corokit/io/error.hpp>
#include <corokit/io/socket_address.hpp>
#include <corokit/task.hpp>

#include <cerrno>
#include <cstddef>

namespace corokit::detail {

enum class Direction : bool { reading, writing };

/// Returns: the error of a call that gave minus the error number.
inline std::error_code error_of(ssize_t result) noexcept {
  return {static_cast<int>(-result), std::system_category()};
}

static_assert(sizeof(io::MutableBuffer) == sizeof(iovec) && sizeof(io::ConstBuffer) == sizeof(iovec));

/// Returns: buffers as the system calls take them.
template <class Buffer>
std::span<const iovec> parts_of(std::span<const Buffer> buffers) noexcept {
  return {reinterpret_cast<const iovec*>(buffers.data()), buffers.size()};
}
/// The same of one, which the result refers to.
template <class Buffer>
std::span<const iovec> parts_of(const Buffer& buffer) noexcept {
  return parts_of(std::span<const Buffer>(&buffer, 1));
}

/// Returns: the address of a socket, or the error.
io::IoResult<io::SocketAddress> local_address_of(Socket& socket) noexcept;

struct AcceptedSocket {
  AcceptedSocket(std::unique_ptr<Socket> made, const io::SocketAddress& from) noexcept
      : socket(std::move(made)), peer(from) {}
  std::unique_ptr<Socket> socket;
  io::SocketAddress peer;
};

/// Waits for the next connection of a socket that listens. Cancel-safety: no connection is lost.
Task<io::IoResult<AcceptedSocket>> accept_when_ready(Socket& listener);

/// Calls `call()`, which does not block, whenever the device is ready, until it does not give EAGAIN. `call` gives what it
/// moved, or minus the error number. If it moved some, but fewer than `enough`, there was no more to move: the next call
/// waits at once, without a system call that would say so.
///
/// Cancel-safety: dropped while it waits, it has not called, or the call moved nothing.
template <class Call>
Task<io::IoResult<std::size_t>> when_ready(Device& device, Direction direction, std::size_t enough,
                                           Call call) {
  const bool writes = direction == Direction::writing;
  const std::uint32_t bit = writes ? Readiness::kWritable : Readiness::kReadable;
  for (;;) {
    const Readiness seen = co_await ReadinessAwaiter(device.source(), writes);
    const ssize_t moved = call();
    const bool none = moved == -EAGAIN;
    if (none && (seen.bits & Readiness::kEnded))
      co_return Err<std::error_code>(make_error_code(io::Errc::runtime_ended));
    if (none || (moved > 0 && static_cast<std::size_t>(moved) < enough)) device.source().clear(bit, seen);
    if (none) continue;
    if (moved < 0) co_return Err<std::error_code>(error_of(moved));
    co_return static_cast<std::size_t>(moved);
  }
}

}  // namespace corokit::detail
