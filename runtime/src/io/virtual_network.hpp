#pragma once
#include <corokit/detail/io/device.hpp>
#include <corokit/io/error.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace corokit::detail {

class VirtualSocket;

/// One direction of a stream. What is written is under way for a while, then it has arrived, until it is read.
struct Wire {
  struct Piece {
    Instant due;
    std::string bytes;
    bool is_end = false;  // the writer writes no more
  };

  std::size_t capacity = 0;
  std::size_t held = 0;  // bytes under way or arrived
  std::deque<Piece> under_way;
  std::string arrived;
  bool ended = false;   // the end has arrived
  bool broken = false;  // the connection was reset
  bool has_courier = false;
  std::uint16_t port = 0;      // of the listener's side: what cut() and reset() name
  IoSource* reader = nullptr;  // null once that end is closed
  IoSource* writer = nullptr;
};

/// The network of one simulation, which its sockets keep alive: which sockets there are, and what happens to what they send. See SimulatedNetwork.
class VirtualNetwork : public std::enable_shared_from_this<VirtualNetwork> {
 public:
  VirtualNetwork() noexcept = default;
  VirtualNetwork(const VirtualNetwork&) = delete;
  VirtualNetwork& operator=(const VirtualNetwork&) = delete;

  io::IoResult<std::unique_ptr<Socket>> connect(int type, const sockaddr* peer, socklen_t size);
  io::IoResult<std::unique_ptr<Socket>> bind(int type, const sockaddr* address, socklen_t size, int backlog);
  std::pair<std::unique_ptr<Socket>, std::unique_ptr<Socket>> make_pair();
  std::pair<std::unique_ptr<Device>, std::unique_ptr<Device>> make_pipe();

  // What may go wrong, as SimulatedNetwork says.
  Duration least_latency{};
  Duration most_latency{};
  std::size_t latency_steps = 1;
  bool partial = false;
  bool loss = false;
  std::size_t capacity = 65536;
  void cut(std::uint16_t port) { cuts_.insert(port); }
  void heal(std::uint16_t port);
  void reset(std::uint16_t port);

  /// Returns: how many bytes of so many are moved by one call.
  std::size_t choose_size(std::size_t most);
  /// Returns: when what is sent now arrives.
  Instant arrival();
  /// Sends a piece along a wire.
  void send(const std::shared_ptr<Wire>& wire, std::string bytes, bool is_end);
  void send_datagram(const sockaddr* to, socklen_t to_size, std::string bytes, const sockaddr_storage& from,
                     socklen_t size);

  void forget(VirtualSocket& socket) noexcept;

 private:
  friend class VirtualSocket;

  static void deliver(Wire& wire, Wire::Piece piece);
  Task<void> carry(std::shared_ptr<Wire> wire);
  Task<void> carry_connection(std::shared_ptr<VirtualSocket*> client, std::string to);
  Task<void> carry_datagram(Instant due, std::string to, std::string bytes, sockaddr_storage from,
                            socklen_t size, std::uint16_t port);
  Task<void> wait_for_heal(std::uint16_t port);
  void establish(VirtualSocket& client, const std::string& to);
  std::shared_ptr<Wire> make_wire(std::uint16_t port);
  std::uint16_t next_port() noexcept { return next_port_++; }

  std::map<std::string, VirtualSocket*> bound_;  // by address, see key_of()
  std::vector<std::weak_ptr<Wire>> wires_;
  std::set<std::uint16_t> cuts_;
  Notify healed_;
  std::uint16_t next_port_ = 49152;
};

}  // namespace corokit::detail
