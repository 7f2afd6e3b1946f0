#pragma once
#include <corokit/detail/io/device.hpp>
#include <corokit/io/descriptor.hpp>
#include <corokit/io/error.hpp>

namespace corokit::detail {

/// A descriptor that the driver of a runtime watches.
class Watched {
 public:
  Watched(io::Descriptor descriptor, std::shared_ptr<IoSource> source) noexcept
      : descriptor_(std::move(descriptor)), source_(std::move(source)) {}
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched();

  int descriptor() const noexcept { return descriptor_.get(); }
  IoSource& source() const noexcept { return *source_; }

  /// Begins to watch it with the driver of the calling thread's runtime. `call` names the caller, for the exception.
  /// `assumed`: what it is taken to be ready for. Sets it to non-blocking.
  /// Throws: std::logic_error outside of a runtime.
  static io::IoResult<std::unique_ptr<Watched>> make(io::Descriptor descriptor, std::uint32_t assumed,
                                                     const char* call);

 private:
  io::Descriptor descriptor_;
  std::shared_ptr<IoSource> source_;
};

/// One end of a pipe, or anything else that is read and written as a file is.
class SystemPipe final : public Device {
 public:
  explicit SystemPipe(std::unique_ptr<Watched> watched) noexcept : watched_(std::move(watched)) {}

  ssize_t read(std::span<const iovec> into) noexcept override;
  ssize_t write(std::span<const iovec> from) noexcept override;
  int descriptor() const noexcept override { return watched_->descriptor(); }
  IoSource& source() noexcept override { return watched_->source(); }

 private:
  std::unique_ptr<Watched> watched_;
};

/// A socket of the system.
class SystemSocket final : public Socket {
 public:
  explicit SystemSocket(std::unique_ptr<Watched> watched) noexcept : watched_(std::move(watched)) {}

  ssize_t read(std::span<const iovec> into) noexcept override;
  ssize_t write(std::span<const iovec> from) noexcept override;
  int descriptor() const noexcept override { return watched_->descriptor(); }
  IoSource& source() noexcept override { return watched_->source(); }
  int shutdown(int how) noexcept override;
  std::unique_ptr<Socket> accept(sockaddr_storage& peer, socklen_t& size, int& error) override;
  ssize_t receive(std::span<const iovec> into, sockaddr_storage& from, socklen_t& size,
                  int flags) noexcept override;
  ssize_t send(std::span<const iovec> message, const sockaddr* to, socklen_t size) noexcept override;
  int take_error() noexcept override;
  int local_address(sockaddr_storage& address, socklen_t& size) noexcept override;
  int peer_address(sockaddr_storage& address, socklen_t& size) noexcept override;
  int set_option(int level, int name, const void* value, socklen_t size) noexcept override;

 private:
  std::unique_ptr<Watched> watched_;
};

/// Makes a socket of a descriptor. `assumed` and `call`: as in Watched::make().
io::IoResult<std::unique_ptr<Socket>> watch_socket(io::Descriptor made, std::uint32_t assumed,
                                                   const char* call);

/// Makes two sockets that are connected to each other, and the two ends of a pipe: first the one that reads.
io::IoResult<std::pair<std::unique_ptr<Socket>, std::unique_ptr<Socket>>> make_socket_pair(const char* call);
io::IoResult<std::pair<std::unique_ptr<Device>, std::unique_ptr<Device>>> make_pipe_ends(const char* call);

// Each of these makes virtual ones in a simulation.

/// Begins to connect a socket of the given type (SOCK_STREAM…). Returns: the socket; it is writable once that has ended, and
/// take_error() says how. `call`: as in Watched::make().
io::IoResult<std::unique_ptr<Socket>> begin_connect(int type, const sockaddr* peer, socklen_t size,
                                                    const char* call);

/// Makes a socket with an address of its own, which listens if `backlog` is not 0.
io::IoResult<std::unique_ptr<Socket>> bind_socket(int type, const sockaddr* address, socklen_t size,
                                                  int backlog, const char* call);

}  // namespace corokit::detail
