#include "process/system_limits.hpp"

#include "error.hpp"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

rlimit limit_of(int resource) {
  rlimit both{};
  getrlimit(static_cast<__rlimit_resource>(resource), &both);
  return both;
}

/// Returns: how many processes and threads of this user there are.
std::size_t tasks_of_user() {
  std::size_t tasks = 0;
  std::error_code failed;
  for (fs::directory_iterator at("/proc", failed), end; !failed && at != end; at.increment(failed)) {
    struct stat seen {};
    if (stat((at->path() / "task").c_str(), &seen) != 0 || seen.st_uid != getuid()) continue;
    std::error_code gone;
    for (fs::directory_iterator task(at->path() / "task", gone), last; !gone && task != last;
         task.increment(gone))
      ++tasks;
  }
  return tasks;
}

void require_descriptors() {
  constexpr rlim_t kLeast = kOwnDescriptors + kDescriptorsOfAProcess;
  given_descriptors();
  const rlim_t most = limit_of(RLIMIT_NOFILE).rlim_cur;
  if (most >= kLeast) return;
  throw broken("Only " + std::to_string(most) + " files may be open at once here, and it takes " +
               std::to_string(kLeast) + ": raise the limit, as in ulimit -n 1024.");
}

/// A test that may make no thread would cost its author points. Root may have any number.
void require_processes() {
  constexpr rlim_t kLeast = 32;   // of ours: a compiler or two tests, each in a box, and our own threads
  constexpr rlim_t kMany = 4096;  // where nobody has to count
  const rlim_t most = limit_of(RLIMIT_NPROC).rlim_cur;
  if (geteuid() == 0 || most >= kMany) return;
  const std::size_t now = tasks_of_user();
  if (now + kLeast <= most) return;
  throw broken("This user may have " + std::to_string(most) + " processes and threads at once, and has " +
               std::to_string(now) + " already. It takes " + std::to_string(kLeast) +
               " more: raise the limit, as in ulimit -u 4096.");
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

void require_room() {
  require_descriptors();
  require_processes();
}

std::string why_not_started(int error) {
  if (error == EMFILE) return "too many files are open, see ulimit -n";
  if (error != EAGAIN) return std::strerror(error);
  const rlim_t most = limit_of(RLIMIT_NPROC).rlim_cur;
  if (most == RLIM_INFINITY) return "this system or container lets no more processes and threads run at once";
  return "this user may have " + std::to_string(most) + " processes and threads at once, see ulimit -u";
}

}  // namespace corokit::moulinette
