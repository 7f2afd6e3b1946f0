#include <corokit/io/resolve.hpp>
#include <corokit/spawn_blocking.hpp>

#include <netdb.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

namespace corokit::io {
namespace {

class ResolveCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "getaddrinfo"; }
  std::string message(int value) const override { return ::gai_strerror(value); }
};

using Addresses = IoResult<std::vector<SocketAddress>>;

Addresses look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;  // else each address comes once for each type
  hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
  addrinfo* first = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &first);
  if (failed == EAI_SYSTEM) return Err<std::error_code>(std::error_code(errno, std::system_category()));
  if (failed != 0) return Err<std::error_code>(std::error_code(failed, resolve_category()));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(first, &::freeaddrinfo);
  std::vector<SocketAddress> found;
  for (const addrinfo* info = first; info; info = info->ai_next) {
    if (info->ai_family != AF_INET && info->ai_family != AF_INET6) continue;
    sockaddr_storage storage{};
    std::memcpy(&storage, info->ai_addr, info->ai_addrlen);
    const SocketAddress address(storage, info->ai_addrlen);
    if (std::ranges::find(found, address) == found.end()) found.push_back(address);
  }
  return found;
}

}  // namespace

const std::error_category& resolve_category() noexcept {
  static const ResolveCategory category;
  return category;
}

Task<Addresses> resolve(std::string host, std::uint16_t port) {
  // It has a name, since g++ 12 destroys such a temporary of a co_await twice.
  auto work = [host = std::move(host), port] { return look_up(host, port); };
  auto found = co_await spawn_blocking(std::move(work));
  if (!found) co_return Err<std::error_code>(make_error_code(Errc::runtime_ended));
  co_return *std::move(found);
}

}  // namespace corokit::io
