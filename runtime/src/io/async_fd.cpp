#include <corokit/io/async_fd.hpp>

#include "system_device.hpp"

namespace corokit::io {

AsyncFd::AsyncFd(std::unique_ptr<corokit::detail::Watched> watched) noexcept : watched_(std::move(watched)) {}
AsyncFd::AsyncFd(AsyncFd&&) noexcept = default;
AsyncFd& AsyncFd::operator=(AsyncFd&&) noexcept = default;
AsyncFd::~AsyncFd() = default;

IoResult<AsyncFd> AsyncFd::make(Descriptor descriptor) {
  auto watched = corokit::detail::Watched::make(std::move(descriptor), 0, "AsyncFd::make");
  if (!watched) return Err<std::error_code>(watched.error());
  return AsyncFd(*std::move(watched));
}

int AsyncFd::get() const noexcept {
  return watched_->descriptor();
}

corokit::detail::IoSource& AsyncFd::source() const noexcept {
  return watched_->source();
}

}  // namespace corokit::io
