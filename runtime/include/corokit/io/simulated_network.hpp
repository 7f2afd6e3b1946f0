#pragma once
#include <corokit/io/socket_address.hpp>
#include <corokit/time/duration.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace corokit::detail {
class VirtualNetwork;
}

namespace corokit::io {

/// The network of the simulation that runs the calling task. There, TcpListener, TcpStream, UnixListener, UnixStream,
/// UdpSocket and pipes are not the system's: what one task sends, another one receives, in virtual time. So a server is
/// tested on every schedule within bounds, and each failure can be played again.
///
/// It begins as a perfect network: no latency, no loss, and whole pieces. What it is told here decides what may go wrong;
/// the choices of the schedule decide what does, and when.
///
/// Thread-safety: tasks of the simulation.
class SimulatedNetwork {
 public:
  /// Throws: std::logic_error outside of a simulation.
  SimulatedNetwork();

  /// Everything that is sent from now on arrives after a while between the two, in steps of their difference divided by
  /// `steps`. Bytes of a stream arrive in their order; datagrams may overtake each other.
  /// Throws: std::invalid_argument if `least` is negative or more than `most`, or if `steps` is 0.
  void set_latency(AnyDuration least, AnyDuration most, std::size_t steps = 1);
  /// Whether a read or a write of several bytes may move just one of them, or half of them.
  void set_partial(bool partial) noexcept;
  /// Whether a datagram may be lost.
  void set_loss(bool loss) noexcept;
  /// How many bytes of a stream may be under way, or wait for being read, before a write waits: 65,536 in the beginning.
  /// It counts for connections that are made from now on. Throws: std::invalid_argument if it is 0.
  void set_capacity(std::size_t bytes);

  /// What is sent to or from this port from now on waits until heal(): neither side sees an error.
  void cut(std::uint16_t port);
  /// Ends a cut. What has waited goes on.
  void heal(std::uint16_t port);
  /// Resets all connections to and from this port: their reads and writes give std::errc::connection_reset.
  void reset(std::uint16_t port);

 private:
  corokit::detail::VirtualNetwork* network_;
};

}  // namespace corokit::io
