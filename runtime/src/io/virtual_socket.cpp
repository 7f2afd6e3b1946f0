#include "virtual_socket.hpp"

#include <corokit/detail/task/turn.hpp>

#include <netinet/in.h>
#include <sys/un.h>
#include <algorithm>
#include <cstring>

namespace corokit::detail {
namespace {

std::size_t total(std::span<const iovec> parts) noexcept {
  std::size_t sum = 0;
  for (const iovec& part : parts) sum += part.iov_len;
  return sum;
}

/// Copies bytes into the parts, one after another. Requires: they have room.
void scatter(std::string_view bytes, std::span<const iovec> into) noexcept {
  for (const iovec& part : into) {
    const std::size_t count = std::min(part.iov_len, bytes.size());
    std::memcpy(part.iov_base, bytes.data(), count);
    bytes.remove_prefix(count);
  }
}

/// Returns: the first `count` bytes of the parts.
std::string gather(std::span<const iovec> from, std::size_t count) {
  std::string bytes;
  bytes.reserve(count);
  for (const iovec& part : from)
    bytes.append(static_cast<const char*>(part.iov_base), std::min(part.iov_len, count - bytes.size()));
  return bytes;
}

void report(IoSource* source, std::uint32_t bits) noexcept {
  WakeBatch batch;
  if (source) source->set(bits, batch);
}

ssize_t read_wire(VirtualNetwork& network, Wire& wire, std::span<const iovec> into) {
  if (wire.broken) return -ECONNRESET;
  const std::size_t room = total(into);
  if (room == 0) return 0;
  if (wire.arrived.empty()) return wire.ended ? 0 : -EAGAIN;
  const std::size_t count = network.choose_size(std::min(room, wire.arrived.size()));
  scatter(std::string_view(wire.arrived).substr(0, count), into);
  wire.arrived.erase(0, count);
  wire.held -= count;
  report(wire.writer, Readiness::kWritable);
  // A short read does not mean here that there is no more, so the readiness is reported anew.
  if (!wire.arrived.empty()) report(wire.reader, Readiness::kReadable);
  return static_cast<ssize_t>(count);
}

ssize_t write_wire(VirtualNetwork& network, const std::shared_ptr<Wire>& wire, std::span<const iovec> from) {
  if (wire->broken) return -ECONNRESET;
  if (!wire->reader) return -EPIPE;
  const std::size_t wanted = total(from);
  if (wanted == 0) return 0;
  const std::size_t room = wire->capacity - std::min(wire->capacity, wire->held);
  if (room == 0) return -EAGAIN;
  const std::size_t count = network.choose_size(std::min(room, wanted));
  network.send(wire, gather(from, count), false);
  if (count < room) report(wire->writer, Readiness::kWritable);
  return static_cast<ssize_t>(count);
}

/// The end that reads is closed: nobody writes any more.
void close_reader(Wire& wire) noexcept {
  wire.reader = nullptr;
  report(wire.writer, Readiness::kWriteClosed);
}

/// The end that writes is closed.
void close_writer(VirtualNetwork& network, const std::shared_ptr<Wire>& wire) {
  wire->writer = nullptr;
  // Where nobody reads any more, nobody misses the end, and outside of the simulation nothing is sent.
  if (wire->reader && current_context()) network.send(wire, {}, true);
}

}  // namespace

VirtualPipe::VirtualPipe(std::shared_ptr<VirtualNetwork> network, std::shared_ptr<Wire> wire,
                         End end) noexcept
    : network_(std::move(network)), wire_(std::move(wire)), end_(end) {
  if (end == End::reading) {
    wire_->reader = &source_;
  } else {
    wire_->writer = &source_;
    report(&source_, Readiness::kWritable);
  }
}

VirtualPipe::~VirtualPipe() {
  if (end_ == End::reading)
    close_reader(*wire_);
  else
    close_writer(*network_, wire_);
}

ssize_t VirtualPipe::read(std::span<const iovec> into) noexcept {
  return end_ == End::reading ? read_wire(*network_, *wire_, into) : -EBADF;
}

ssize_t VirtualPipe::write(std::span<const iovec> from) noexcept {
  return end_ == End::writing ? write_wire(*network_, wire_, from) : -EBADF;
}

VirtualSocket::~VirtualSocket() {
  if (pending_) *pending_ = nullptr;
  network_->forget(*this);
  if (in_) close_reader(*in_);
  if (out_ && !writes_ended_) close_writer(*network_, out_);
  if (out_) out_->writer = nullptr;
}

void VirtualSocket::connect(std::shared_ptr<Wire> in, std::shared_ptr<Wire> out, const sockaddr_storage& peer,
                            socklen_t size) noexcept {
  in_ = std::move(in);
  out_ = std::move(out);
  in_->reader = &source_;
  out_->writer = &source_;
  peer_ = peer;
  peer_size_ = size;
  report(&source_, Readiness::kWritable);
}

ssize_t VirtualSocket::read(std::span<const iovec> into) noexcept {
  return in_ ? read_wire(*network_, *in_, into) : -ENOTCONN;
}

ssize_t VirtualSocket::write(std::span<const iovec> from) noexcept {
  if (!out_) return -ENOTCONN;
  return writes_ended_ ? -EPIPE : write_wire(*network_, out_, from);
}

int VirtualSocket::shutdown(int how) noexcept {
  if (!in_) return -ENOTCONN;
  if (how != SHUT_WR) {
    in_->ended = true;
    report(&source_, Readiness::kReadClosed);
  }
  if (how != SHUT_RD && !std::exchange(writes_ended_, true)) network_->send(out_, {}, true);
  return 0;
}

std::unique_ptr<Socket> VirtualSocket::accept(sockaddr_storage& peer, socklen_t& size, int& error) {
  if (waiting_.empty()) {
    error = -EAGAIN;
    return nullptr;
  }
  std::unique_ptr<VirtualSocket> next = std::move(waiting_.front());
  waiting_.pop_front();
  peer = next->peer_;
  size = next->peer_size_;
  return next;
}

ssize_t VirtualSocket::receive(std::span<const iovec> into, sockaddr_storage& from, socklen_t& size,
                               int flags) noexcept {
  if (datagrams_.empty()) return -EAGAIN;
  const Datagram datagram = std::move(datagrams_.front());
  datagrams_.pop_front();
  const std::size_t fits = std::min(datagram.bytes.size(), total(into));
  scatter(std::string_view(datagram.bytes).substr(0, fits), into);
  from = datagram.from;
  size = datagram.size;
  return static_cast<ssize_t>(flags & MSG_TRUNC ? datagram.bytes.size() : fits);
}

ssize_t VirtualSocket::send(std::span<const iovec> message, const sockaddr* to, socklen_t size) noexcept {
  if (!to) return -EDESTADDRREQ;
  constexpr std::size_t kLongest = 65507;  // as of UDP
  const std::size_t count = total(message);
  if (count > kLongest) return -EMSGSIZE;
  network_->send_datagram(to, size, gather(message, count), local_, local_size_);
  return static_cast<ssize_t>(count);
}

int VirtualSocket::local_address(sockaddr_storage& address, socklen_t& size) noexcept {
  address = local_;
  size = local_size_;
  return 0;
}

int VirtualSocket::peer_address(sockaddr_storage& address, socklen_t& size) noexcept {
  if (!in_) return -ENOTCONN;
  address = peer_;
  size = peer_size_;
  return 0;
}

}  // namespace corokit::detail
