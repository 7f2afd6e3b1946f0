#pragma once
#include <corokit/detail/io/device.hpp>
#include <corokit/io/descriptor.hpp>
#include <corokit/io/error.hpp>
#include <corokit/task.hpp>

#include <cerrno>
#include <concepts>
#include <memory>
#include <utility>

namespace corokit::detail {
class Watched;
}

namespace corokit::io {

/// The readiness of any descriptor that epoll can watch, for libraries that do their own calls: an eventfd, a timerfd, a
/// socket of a database client, a device.
///
///     auto socket = AsyncFd::make(Descriptor(fd)).value();
///     auto got = co_await socket.read_with([&] { return ::recv(socket.get(), buffer, size, 0); });
///
/// Thread-safety: may be used at once from any thread, except for destruction.
class AsyncFd {
 public:
  /// Takes a descriptor over, sets it to non-blocking, and watches it until it is destroyed.
  ///
  /// Returns: the AsyncFd; or the error: std::errc::operation_not_permitted for a file of a disk, which epoll does not
  ///   watch, std::errc::file_exists if this runtime watches the descriptor already.
  /// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
  static IoResult<AsyncFd> make(Descriptor descriptor);
  AsyncFd(AsyncFd&&) noexcept;
  AsyncFd& operator=(AsyncFd&&) noexcept;
  /// Closes the descriptor. Whoever waits then gets an error.
  ~AsyncFd();

  /// Returns: the descriptor.
  int get() const noexcept;

  /// Calls `call()` whenever the descriptor is ready for reading, until it does anything but fail with EAGAIN. `call` does
  /// not block, and returns a number that is negative if it has failed and has set errno.
  ///
  /// Requires: the AsyncFd outlives the await.
  /// Returns: what `call` returned; or its error.
  /// Thread-safety: may be called at once from any thread.
  /// Cancel-safety: dropped while it waits, no call has succeeded.
  template <class Call>
  requires std::signed_integral<std::invoke_result_t<Call&>> Task<IoResult<std::invoke_result_t<Call&>>>
  read_with(Call call) {
    return call_when_ready(false, std::move(call));
  }
  /// The same, whenever it is ready for writing.
  /// Thread-safety: as read_with().
  /// Cancel-safety: as read_with().
  template <class Call>
  requires std::signed_integral<std::invoke_result_t<Call&>> Task<IoResult<std::invoke_result_t<Call&>>>
  write_with(Call call) {
    return call_when_ready(true, std::move(call));
  }

 private:
  explicit AsyncFd(std::unique_ptr<corokit::detail::Watched> watched) noexcept;
  corokit::detail::IoSource& source() const noexcept;

  template <class Call>
  Task<IoResult<std::invoke_result_t<Call&>>> call_when_ready(bool for_writing, Call call) {
    using corokit::detail::Readiness;
    for (;;) {
      const Readiness seen = co_await corokit::detail::ReadinessAwaiter(source(), for_writing);
      if (seen.bits & Readiness::kEnded) co_return Err<std::error_code>(make_error_code(Errc::runtime_ended));
      errno = 0;
      const auto result = call();
      if (result >= 0) co_return result;
      if (errno == EINTR) continue;
      if (errno != EAGAIN) co_return Err<std::error_code>(std::error_code(errno, std::system_category()));
      source().clear(for_writing ? Readiness::kWritable : Readiness::kReadable, seen);
    }
  }

  std::unique_ptr<corokit::detail::Watched> watched_;
};

}  // namespace corokit::io
