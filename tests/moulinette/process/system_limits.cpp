#include "process/system_limits.hpp"

#include "error.hpp"

#include <cerrno>
#include <cstring>

namespace corokit::moulinette {
namespace {

rlimit limit_of(int resource) {
  rlimit both{};
  getrlimit(static_cast<__rlimit_resource>(resource), &both);
  return both;
}

}  // namespace

void limit(int resource, rlim_t soft, rlim_t hard) {
  const rlimit both{soft, hard};
  setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

const rlimit& given_descriptors() {
  static const rlimit given = [] {
    const rlimit both = limit_of(RLIMIT_NOFILE);
    limit(RLIMIT_NOFILE, both.rlim_max, both.rlim_max);
    return both;
  }();
  return given;
}

void require_descriptors() {
  constexpr rlim_t kLeast = kOwnDescriptors + kDescriptorsOfAProcess;
  given_descriptors();
  const rlim_t most = limit_of(RLIMIT_NOFILE).rlim_cur;
  if (most >= kLeast) return;
  throw broken("Only " + std::to_string(most) + " files may be open at once here, and it takes " +
               std::to_string(kLeast) + ": raise the limit, as in ulimit -n 1024.");
}

std::string why_not_started(int error) {
  if (error == EMFILE) return "too many files are open, see ulimit -n";
  if (error != EAGAIN) return std::strerror(error);
  const rlim_t most = limit_of(RLIMIT_NPROC).rlim_cur;
  if (most == RLIM_INFINITY) return "this system or container lets no more processes and threads run at once";
  return "this user may have " + std::to_string(most) + " processes and threads at once, see ulimit -u";
}

}  // namespace corokit::moulinette
