#include <corokit/io/socket_address.hpp>

#include <arpa/inet.h>
#include <net/if.h>
#include <charconv>
#include <cstring>
#include <optional>

namespace corokit::io {
namespace {

const sockaddr_in& ipv4(const sockaddr_storage& address) noexcept {
  return reinterpret_cast<const sockaddr_in&>(address);
}
const sockaddr_in6& ipv6(const sockaddr_storage& address) noexcept {
  return reinterpret_cast<const sockaddr_in6&>(address);
}

SocketAddress make_ipv4(std::uint32_t host, std::uint16_t port) noexcept {
  sockaddr_storage storage{};
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  address.sin_port = htons(port);
  return {storage, sizeof address};
}

std::optional<std::uint16_t> parse_port(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return port;
}

}  // namespace

SocketAddress::SocketAddress() noexcept : SocketAddress(make_ipv4(INADDR_ANY, 0)) {}

SocketAddress::SocketAddress(const sockaddr_storage& address, socklen_t size) noexcept
    : address_(address), size_(size) {}

SocketAddress SocketAddress::loopback(std::uint16_t port) noexcept {
  return make_ipv4(INADDR_LOOPBACK, port);
}

SocketAddress SocketAddress::any(std::uint16_t port) noexcept {
  return make_ipv4(INADDR_ANY, port);
}

IoResult<SocketAddress> SocketAddress::parse(std::string_view text) {
  const Err<std::error_code> invalid(std::make_error_code(std::errc::invalid_argument));
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return invalid;
  const std::optional<std::uint16_t> port = parse_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (!port) return invalid;
  sockaddr_storage storage{};
  if (host.starts_with('[') && host.ends_with(']')) {
    std::string name(host.substr(1, host.size() - 2));
    auto& address = reinterpret_cast<sockaddr_in6&>(storage);
    if (const std::size_t percent = name.find('%'); percent != std::string::npos) {
      address.sin6_scope_id = ::if_nametoindex(name.c_str() + percent + 1);
      if (address.sin6_scope_id == 0) return invalid;
      name.resize(percent);
    }
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(*port);
    if (::inet_pton(AF_INET6, name.c_str(), &address.sin6_addr) != 1) return invalid;
    return SocketAddress(storage, sizeof address);
  }
  auto& address = reinterpret_cast<sockaddr_in&>(storage);
  address.sin_family = AF_INET;
  address.sin_port = htons(*port);
  if (::inet_pton(AF_INET, std::string(host).c_str(), &address.sin_addr) != 1) return invalid;
  return SocketAddress(storage, sizeof address);
}

std::uint16_t SocketAddress::port() const noexcept {
  return ntohs(family() == AF_INET6 ? ipv6(address_).sin6_port : ipv4(address_).sin_port);
}

std::string SocketAddress::to_string() const {
  char text[INET6_ADDRSTRLEN];
  if (family() != AF_INET6) {
    ::inet_ntop(AF_INET, &ipv4(address_).sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(port());
  }
  const sockaddr_in6& address = ipv6(address_);
  ::inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof text);
  std::string scope;
  if (char name[IF_NAMESIZE]; address.sin6_scope_id != 0 && ::if_indextoname(address.sin6_scope_id, name))
    scope = std::string("%") + name;
  return "[" + std::string(text) + scope + "]:" + std::to_string(port());
}

bool operator==(const SocketAddress& a, const SocketAddress& b) noexcept {
  if (a.family() != b.family() || a.port() != b.port()) return false;
  if (a.family() != AF_INET6) return ipv4(a.address_).sin_addr.s_addr == ipv4(b.address_).sin_addr.s_addr;
  return ipv6(a.address_).sin6_scope_id == ipv6(b.address_).sin6_scope_id &&
         std::memcmp(&ipv6(a.address_).sin6_addr, &ipv6(b.address_).sin6_addr, sizeof(in6_addr)) == 0;
}

}  // namespace corokit::io
