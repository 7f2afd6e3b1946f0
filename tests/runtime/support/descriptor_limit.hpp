#pragma once
// Changes how many descriptors this process may have.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <cstddef>

namespace corokit::test {

/// While it lives, the process has another limit of descriptors.
class DescriptorLimit {
 public:
  /// As many as the system allows.
  static DescriptorLimit highest() noexcept { return DescriptorLimit(read().rlim_max); }
  /// So many more than are open now.
  static DescriptorLimit more(std::size_t count) noexcept {
    // A new descriptor is the lowest free number, and numbers are free below the limit alone.
    const int lowest = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(lowest);
    return DescriptorLimit(static_cast<rlim_t>(lowest) + count);
  }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  /// Returns: how many descriptors there may be.
  static std::size_t get() noexcept { return read().rlim_cur; }

 private:
  explicit DescriptorLimit(rlim_t limit) noexcept : before_(read()) {
    const rlimit now{.rlim_cur = std::min(limit, before_.rlim_max), .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  static rlimit read() noexcept {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit;
  }

  rlimit before_;
};

}  // namespace corokit::test
