#include "system_device.hpp"

#include <corokit/detail/io/io_driver.hpp>
#include <corokit/detail/io/io_provider.hpp>

#include "virtual_network.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>

namespace corokit::detail {
namespace {

/// Calls again whatever a signal ended. Returns: what it returned, or minus the error number.
template <class F>
auto repeat(F call) noexcept -> decltype(call()) {
  for (;;) {
    const auto result = call();
    if (result >= 0) return result;
    if (errno != EINTR) return static_cast<decltype(call())>(-errno);
  }
}

msghdr message_of(std::span<const iovec> parts) noexcept {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts.data());  // the call does not change it
  message.msg_iovlen = parts.size();
  return message;
}

int count_of(std::span<const iovec> parts) noexcept {
  return static_cast<int>(parts.size() < IOV_MAX ? parts.size() : IOV_MAX);
}

/// Keeps the SIGPIPE of a write from this thread, as there is no flag for that: it is blocked, and taken if it came.
class IgnoreBrokenPipe {
 public:
  IgnoreBrokenPipe() noexcept {
    ::sigemptyset(&pipe_);
    ::sigaddset(&pipe_, SIGPIPE);
    sigset_t pending;
    ::sigpending(&pending);
    was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
    if (!was_pending_) ::pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  IgnoreBrokenPipe(const IgnoreBrokenPipe&) = delete;
  IgnoreBrokenPipe& operator=(const IgnoreBrokenPipe&) = delete;
  ~IgnoreBrokenPipe() {
    if (was_pending_) return;
    const int saved = errno;
    constexpr timespec kAtOnce{};
    while (::sigtimedwait(&pipe_, nullptr, &kAtOnce) < 0 && errno == EINTR) {
    }
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    errno = saved;
  }

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

}  // namespace

io::IoResult<std::unique_ptr<Watched>> Watched::make(io::Descriptor descriptor, std::uint32_t assumed,
                                                     const char* call) {
  IoDriver& driver = current_io(call).io();
  int yes = 1;
  if (::ioctl(descriptor.get(), FIONBIO, &yes) < 0)
    return Err<std::error_code>(std::error_code(errno, std::system_category()));
  std::error_code why;
  std::shared_ptr<IoSource> source = driver.add(descriptor.get(), assumed, why);
  if (!source) return Err<std::error_code>(why);
  return std::make_unique<Watched>(std::move(descriptor), std::move(source));
}

Watched::~Watched() {
  source_->owner().remove(descriptor_.get(), *source_);
}

ssize_t SystemPipe::read(std::span<const iovec> into) noexcept {
  return repeat([&] { return ::readv(descriptor(), into.data(), count_of(into)); });
}

ssize_t SystemPipe::write(std::span<const iovec> from) noexcept {
  // A reader that is gone is an error, and no signal that ends the process.
  const IgnoreBrokenPipe ignored;
  return repeat([&] { return ::writev(descriptor(), from.data(), count_of(from)); });
}

// One buffer takes a shorter way through the kernel than several.

ssize_t SystemSocket::read(std::span<const iovec> into) noexcept {
  if (into.size() == 1)
    return repeat([&] { return ::recv(descriptor(), into[0].iov_base, into[0].iov_len, 0); });
  return repeat([&] { return ::readv(descriptor(), into.data(), count_of(into)); });
}

ssize_t SystemSocket::write(std::span<const iovec> from) noexcept {
  if (from.size() == 1)
    return repeat([&] { return ::send(descriptor(), from[0].iov_base, from[0].iov_len, MSG_NOSIGNAL); });
  return send(from.first(static_cast<std::size_t>(count_of(from))), nullptr, 0);
}

int SystemSocket::shutdown(int how) noexcept {
  return repeat([&] { return ::shutdown(descriptor(), how); });
}

std::unique_ptr<Socket> SystemSocket::accept(sockaddr_storage& peer, socklen_t& size, int& error) {
  const int made = repeat([&] {
    size = sizeof peer;
    return ::accept4(descriptor(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
  });
  if (made < 0) {
    error = made;
    return nullptr;
  }
  auto watched = Watched::make(io::Descriptor(made), Readiness::kWritable, "accept");
  if (watched) return std::make_unique<SystemSocket>(*std::move(watched));
  error = -watched.error().value();
  return nullptr;
}

ssize_t SystemSocket::receive(std::span<const iovec> into, sockaddr_storage& from, socklen_t& size,
                              int flags) noexcept {
  msghdr message = message_of(into);
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  const ssize_t got = repeat([&] { return ::recvmsg(descriptor(), &message, flags); });
  size = message.msg_namelen;
  return got;
}

ssize_t SystemSocket::send(std::span<const iovec> parts, const sockaddr* to, socklen_t size) noexcept {
  msghdr message = message_of(parts);
  message.msg_name = const_cast<sockaddr*>(to);  // the call does not change it
  message.msg_namelen = size;
  // A peer that is gone is an error here, and no signal that ends the process.
  return repeat([&] { return ::sendmsg(descriptor(), &message, MSG_NOSIGNAL); });
}

int SystemSocket::take_error() noexcept {
  int error = 0;
  socklen_t size = sizeof error;
  const int failed = repeat([&] { return ::getsockopt(descriptor(), SOL_SOCKET, SO_ERROR, &error, &size); });
  return failed < 0 ? failed : -error;
}

int SystemSocket::local_address(sockaddr_storage& address, socklen_t& size) noexcept {
  return repeat([&] { return ::getsockname(descriptor(), reinterpret_cast<sockaddr*>(&address), &size); });
}

int SystemSocket::peer_address(sockaddr_storage& address, socklen_t& size) noexcept {
  return repeat([&] { return ::getpeername(descriptor(), reinterpret_cast<sockaddr*>(&address), &size); });
}

int SystemSocket::set_option(int level, int name, const void* value, socklen_t size) noexcept {
  return repeat([&] { return ::setsockopt(descriptor(), level, name, value, size); });
}

namespace {

Err<std::error_code> last_error() noexcept {
  return Err<std::error_code>(std::error_code(errno, std::system_category()));
}

}  // namespace

io::IoResult<std::unique_ptr<Socket>> watch_socket(io::Descriptor made, std::uint32_t assumed,
                                                   const char* call) {
  auto watched = Watched::make(std::move(made), assumed, call);
  if (!watched) return Err<std::error_code>(watched.error());
  return std::make_unique<SystemSocket>(*std::move(watched));
}

// A socket is watched once it has begun to connect or to listen: epoll calls one that does neither broken.

io::IoResult<std::unique_ptr<Socket>> begin_connect(int type, const sockaddr* peer, socklen_t size,
                                                    const char* call) {
  if (VirtualNetwork* network = current_io(call).network()) return network->connect(type, peer, size);
  io::Descriptor made(::socket(peer->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) return last_error();
  // Not again after a signal: the attempt goes on.
  if (::connect(made.get(), peer, size) < 0 && errno != EINPROGRESS && errno != EINTR) return last_error();
  return watch_socket(std::move(made), 0, call);
}

io::IoResult<std::unique_ptr<Socket>> bind_socket(int type, const sockaddr* address, socklen_t size,
                                                  int backlog, const char* call) {
  if (VirtualNetwork* network = current_io(call).network())
    return network->bind(type, address, size, backlog);
  io::Descriptor made(::socket(address->sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) return last_error();
  const int yes = 1;
  if (backlog != 0 && ::setsockopt(made.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0)
    return last_error();
  if (::bind(made.get(), address, size) < 0) return last_error();
  if (backlog != 0 && ::listen(made.get(), backlog) < 0) return last_error();
  return watch_socket(std::move(made), 0, call);
}

io::IoResult<std::pair<std::unique_ptr<Socket>, std::unique_ptr<Socket>>> make_socket_pair(const char* call) {
  if (VirtualNetwork* network = current_io(call).network()) return network->make_pair();
  int made[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, made) < 0) return last_error();
  io::Descriptor other(made[1]);
  auto first = watch_socket(io::Descriptor(made[0]), Readiness::kWritable, call);
  if (!first) return Err<std::error_code>(first.error());
  auto second = watch_socket(std::move(other), Readiness::kWritable, call);
  if (!second) return Err<std::error_code>(second.error());
  return std::pair(*std::move(first), *std::move(second));
}

io::IoResult<std::pair<std::unique_ptr<Device>, std::unique_ptr<Device>>> make_pipe_ends(const char* call) {
  if (VirtualNetwork* network = current_io(call).network()) return network->make_pipe();
  int made[2];
  if (::pipe2(made, O_CLOEXEC | O_NONBLOCK) < 0) return last_error();
  io::Descriptor for_writing(made[1]);
  auto reader = Watched::make(io::Descriptor(made[0]), 0, call);
  if (!reader) return Err<std::error_code>(reader.error());
  auto writer = Watched::make(std::move(for_writing), Readiness::kWritable, call);
  if (!writer) return Err<std::error_code>(writer.error());
  return std::pair<std::unique_ptr<Device>, std::unique_ptr<Device>>(
      std::make_unique<SystemPipe>(*std::move(reader)), std::make_unique<SystemPipe>(*std::move(writer)));
}

}  // namespace corokit::detail
