#include "virtual_network.hpp"

#include <corokit/detail/task/turn.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>

#include "virtual_socket.hpp"

#include <netinet/in.h>
#include <sys/un.h>
#include <algorithm>
#include <cstring>

namespace corokit::detail {
namespace {

std::error_code error(int number) noexcept {
  return {number, std::system_category()};
}

std::uint16_t port_of(const sockaddr* address) noexcept {
  switch (address->sa_family) {
    case AF_INET:
      return ntohs(reinterpret_cast<const sockaddr_in*>(address)->sin_port);
    case AF_INET6:
      return ntohs(reinterpret_cast<const sockaddr_in6*>(address)->sin6_port);
    default:
      return 0;
  }
}

void set_port(sockaddr_storage& address, std::uint16_t port) noexcept {
  if (address.ss_family == AF_INET) reinterpret_cast<sockaddr_in&>(address).sin_port = htons(port);
  if (address.ss_family == AF_INET6) reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(port);
}

/// Returns: what names a socket: a port, since all tasks are on one machine, or a path; and the type.
std::string key_of(int type, const sockaddr* address, socklen_t size) {
  std::string key = type == SOCK_DGRAM ? "datagrams " : "stream ";
  if (address->sa_family != AF_UNIX) return key + std::to_string(port_of(address));
  const auto* path = reinterpret_cast<const sockaddr_un*>(address)->sun_path;
  return key.append(path, size - offsetof(sockaddr_un, sun_path));
}

sockaddr_storage storage_of(const sockaddr* address, socklen_t size) noexcept {
  sockaddr_storage storage{};
  std::memcpy(&storage, address, size);
  return storage;
}

void report(IoSource* source, std::uint32_t bits) {
  WakeBatch batch;
  if (source) source->set(bits, batch);
}

}  // namespace

std::size_t VirtualNetwork::choose_size(std::size_t most) {
  if (!partial || most < 2) return most;
  const std::uint32_t choice = current_context()->choose(most > 2 ? 3 : 2);
  return choice == 0 ? most : choice == 1 ? 1 : most / 2;
}

Instant VirtualNetwork::arrival() {
  Duration latency = least_latency;
  if (most_latency > least_latency) {
    const auto steps = static_cast<std::uint32_t>(latency_steps);
    latency += (most_latency - least_latency) / steps * current_context()->choose(steps + 1);
  }
  return now() + latency;
}

std::shared_ptr<Wire> VirtualNetwork::make_wire(std::uint16_t port) {
  std::erase_if(wires_, [](const auto& wire) { return wire.expired(); });
  auto wire = std::make_shared<Wire>();
  wire->capacity = capacity;
  wire->port = port;
  wires_.push_back(wire);
  return wire;
}

void VirtualNetwork::deliver(Wire& wire, Wire::Piece piece) {
  wire.arrived += piece.bytes;
  wire.ended = wire.ended || piece.is_end;
  report(wire.reader, Readiness::kReadable | (piece.is_end ? Readiness::kReadClosed : 0));
}

void VirtualNetwork::send(const std::shared_ptr<Wire>& wire, std::string bytes, bool is_end) {
  wire->held += bytes.size();
  Wire::Piece piece{arrival(), std::move(bytes), is_end};
  if (!wire->under_way.empty()) piece.due = std::max(piece.due, wire->under_way.back().due);
  if (!wire->has_courier && piece.due <= now() && !cuts_.contains(wire->port))
    return deliver(*wire, std::move(piece));
  wire->under_way.push_back(std::move(piece));
  if (std::exchange(wire->has_courier, true)) return;
  spawn(carry(wire), "network").detach();
}

Task<void> VirtualNetwork::carry(std::shared_ptr<Wire> wire) {
  while (!wire->under_way.empty()) {
    co_await sleep_until(wire->under_way.front().due);
    co_await wait_for_heal(wire->port);
    if (wire->under_way.empty()) break;  // a reset took it
    Wire::Piece piece = std::move(wire->under_way.front());
    wire->under_way.pop_front();
    deliver(*wire, std::move(piece));
  }
  wire->has_courier = false;
}

Task<void> VirtualNetwork::wait_for_heal(std::uint16_t port) {
  while (cuts_.contains(port)) co_await healed_.notified();
}

void VirtualNetwork::heal(std::uint16_t port) {
  cuts_.erase(port);
  healed_.notify_waiters();
}

void VirtualNetwork::reset(std::uint16_t port) {
  for (const auto& known : wires_) {
    const std::shared_ptr<Wire> wire = known.lock();
    if (!wire || wire->port != port) continue;
    wire->broken = true;
    wire->under_way.clear();
    wire->arrived.clear();
    report(wire->reader, Readiness::kReadClosed | Readiness::kError);
    report(wire->writer, Readiness::kWriteClosed | Readiness::kError);
  }
}

io::IoResult<std::unique_ptr<Socket>> VirtualNetwork::bind(int type, const sockaddr* address, socklen_t size,
                                                           int backlog) {
  sockaddr_storage local = storage_of(address, size);
  if (address->sa_family != AF_UNIX && port_of(address) == 0) set_port(local, next_port());
  const std::string key = key_of(type, reinterpret_cast<const sockaddr*>(&local), size);
  if (bound_.contains(key)) return Err<std::error_code>(error(EADDRINUSE));
  auto made = std::make_unique<VirtualSocket>(shared_from_this(), local, size);
  made->backlog_ = static_cast<std::size_t>(std::max(backlog, 0));
  if (type == SOCK_DGRAM) report(&made->source_, Readiness::kWritable);
  bound_[key] = made.get();
  return made;
}

void VirtualNetwork::forget(VirtualSocket& socket) noexcept {
  std::erase_if(bound_, [&socket](const auto& entry) { return entry.second == &socket; });
}

io::IoResult<std::unique_ptr<Socket>> VirtualNetwork::connect(int type, const sockaddr* peer,
                                                              socklen_t size) {
  sockaddr_storage local = storage_of(peer, size);
  set_port(local, next_port());
  auto made = std::make_unique<VirtualSocket>(shared_from_this(), local, size);
  made->peer_ = storage_of(peer, size);
  made->peer_size_ = size;
  const std::string to = key_of(type, peer, size);
  if (most_latency == Duration() && !cuts_.contains(port_of(peer))) {
    establish(*made, to);
  } else {
    made->pending_ = std::make_shared<VirtualSocket*>(made.get());
    spawn(carry_connection(made->pending_, to), "network").detach();
  }
  return made;
}

Task<void> VirtualNetwork::carry_connection(std::shared_ptr<VirtualSocket*> client, std::string to) {
  co_await sleep_until(arrival());
  if (*client) co_await wait_for_heal(port_of(reinterpret_cast<const sockaddr*>(&(*client)->peer_)));
  if (*client) establish(**client, to);
}

void VirtualNetwork::establish(VirtualSocket& client, const std::string& to) {
  const auto listener = bound_.find(to);
  if (listener == bound_.end() || listener->second->waiting_.size() >= listener->second->backlog_) {
    client.error_ = -ECONNREFUSED;
    return report(&client.source_, Readiness::kWritable | Readiness::kError);
  }
  VirtualSocket& at = *listener->second;
  const std::uint16_t port = port_of(reinterpret_cast<const sockaddr*>(&at.local_));
  const std::shared_ptr<Wire> up = make_wire(port);
  const std::shared_ptr<Wire> down = make_wire(port);
  auto server = std::make_unique<VirtualSocket>(shared_from_this(), at.local_, at.local_size_);
  client.connect(down, up, at.local_, at.local_size_);
  server->connect(up, down, client.local_, client.local_size_);
  at.waiting_.push_back(std::move(server));
  report(&at.source_, Readiness::kReadable);
}

std::pair<std::unique_ptr<Socket>, std::unique_ptr<Socket>> VirtualNetwork::make_pair() {
  sockaddr_storage unnamed{};
  unnamed.ss_family = AF_UNIX;
  auto a = std::make_unique<VirtualSocket>(shared_from_this(), unnamed, sizeof(sa_family_t));
  auto b = std::make_unique<VirtualSocket>(shared_from_this(), unnamed, sizeof(sa_family_t));
  const std::shared_ptr<Wire> there = make_wire(0);
  const std::shared_ptr<Wire> back = make_wire(0);
  a->connect(back, there, unnamed, sizeof(sa_family_t));
  b->connect(there, back, unnamed, sizeof(sa_family_t));
  return {std::move(a), std::move(b)};
}

std::pair<std::unique_ptr<Device>, std::unique_ptr<Device>> VirtualNetwork::make_pipe() {
  const std::shared_ptr<Wire> wire = make_wire(0);
  return {std::make_unique<VirtualPipe>(shared_from_this(), wire, VirtualPipe::End::reading),
          std::make_unique<VirtualPipe>(shared_from_this(), wire, VirtualPipe::End::writing)};
}

void VirtualNetwork::send_datagram(const sockaddr* to, socklen_t to_size, std::string bytes,
                                   const sockaddr_storage& from, socklen_t size) {
  if (loss && current_context()->choose(2) == 1) return;
  const std::string key = key_of(SOCK_DGRAM, to, to_size);
  spawn(carry_datagram(arrival(), key, std::move(bytes), from, size, port_of(to)), "network").detach();
}

Task<void> VirtualNetwork::carry_datagram(Instant due, std::string to, std::string bytes,
                                          sockaddr_storage from, socklen_t size, std::uint16_t port) {
  co_await sleep_until(due);
  co_await wait_for_heal(port);
  const auto receiver = bound_.find(to);
  if (receiver == bound_.end()) co_return;
  receiver->second->datagrams_.push_back({std::move(bytes), from, size});
  report(&receiver->second->source_, Readiness::kReadable);
}

}  // namespace corokit::detail
