#pragma once
#include <corokit/io/error.hpp>
#include <corokit/io/socket_address.hpp>
#include <corokit/task.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace corokit::io {

/// The category of errors of name resolution: those of getaddrinfo().
const std::error_category& resolve_category() noexcept;

/// Looks the addresses of a host up, as getaddrinfo() does: in /etc/hosts, by a name server.
///
/// Returns: the addresses, in the order in which they are to be tried; or the error.
/// Throws: std::logic_error outside of a runtime.
/// Thread-safety: any task.
/// Cancel-safety: dropped while it waits, the look-up goes on on its thread, and its result is lost.
/// Complexity: a thread of spawn_blocking() for as long as it takes.
Task<IoResult<std::vector<SocketAddress>>> resolve(std::string host, std::uint16_t port);

}  // namespace corokit::io
