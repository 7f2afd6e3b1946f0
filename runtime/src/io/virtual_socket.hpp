#pragma once
#include "virtual_network.hpp"

namespace corokit::detail {

/// One end of a virtual pipe.
class VirtualPipe final : public Device {
 public:
  enum class End { reading, writing };
  VirtualPipe(std::shared_ptr<VirtualNetwork> network, std::shared_ptr<Wire> wire, End end) noexcept;
  ~VirtualPipe() override;

  ssize_t read(std::span<const iovec> into) noexcept override;
  ssize_t write(std::span<const iovec> from) noexcept override;
  IoSource& source() noexcept override { return source_; }

 private:
  std::shared_ptr<VirtualNetwork> network_;
  std::shared_ptr<Wire> wire_;
  End end_;
  IoSource source_;
};

/// A socket of a simulation: a stream, a listener, or one for datagrams.
class VirtualSocket final : public Socket {
 public:
  VirtualSocket(std::shared_ptr<VirtualNetwork> network, const sockaddr_storage& local,
                socklen_t size) noexcept
      : network_(std::move(network)), local_(local), local_size_(size) {}
  ~VirtualSocket() override;

  ssize_t read(std::span<const iovec> into) noexcept override;
  ssize_t write(std::span<const iovec> from) noexcept override;
  IoSource& source() noexcept override { return source_; }
  int shutdown(int how) noexcept override;
  std::unique_ptr<Socket> accept(sockaddr_storage& peer, socklen_t& size, int& error) override;
  ssize_t receive(std::span<const iovec> into, sockaddr_storage& from, socklen_t& size,
                  int flags) noexcept override;
  ssize_t send(std::span<const iovec> message, const sockaddr* to, socklen_t size) noexcept override;
  int take_error() noexcept override { return std::exchange(error_, 0); }
  int local_address(sockaddr_storage& address, socklen_t& size) noexcept override;
  int peer_address(sockaddr_storage& address, socklen_t& size) noexcept override;
  int set_option(int, int, const void*, socklen_t) noexcept override { return 0; }

 private:
  friend class VirtualNetwork;

  struct Datagram {
    std::string bytes;
    sockaddr_storage from;
    socklen_t size;
  };

  /// Makes it one end of a connection.
  void connect(std::shared_ptr<Wire> in, std::shared_ptr<Wire> out, const sockaddr_storage& peer,
               socklen_t size) noexcept;

  std::shared_ptr<VirtualNetwork> network_;
  IoSource source_;
  sockaddr_storage local_;
  socklen_t local_size_;
  sockaddr_storage peer_{};
  socklen_t peer_size_ = 0;
  int error_ = 0;
  std::shared_ptr<VirtualSocket*>
      pending_;  // of a connection that is being made: points here while this lives
  // Of a stream:
  std::shared_ptr<Wire> in_, out_;
  bool writes_ended_ = false;
  // Of a listener:
  std::size_t backlog_ = 0;
  std::deque<std::unique_ptr<VirtualSocket>> waiting_;
  // Of datagrams:
  std::deque<Datagram> datagrams_;
};

}  // namespace corokit::detail
