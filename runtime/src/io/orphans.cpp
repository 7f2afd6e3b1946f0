#include "orphans.hpp"

#include <sys/wait.h>
#include <mutex>
#include <vector>

namespace corokit::io::detail {
namespace {

struct Orphans {
  std::mutex mutex;
  std::vector<pid_t> ids;  // guarded by mutex
};

Orphans& orphans() {
  static Orphans* const all = new Orphans;  // it outlives every Child
  return *all;
}

}  // namespace

void reap_later(pid_t id) noexcept {
  {
    Orphans& all = orphans();
    const std::lock_guard lock(all.mutex);
    all.ids.push_back(id);
  }
  reap_orphans();
}

void reap_orphans() noexcept {
  Orphans& all = orphans();
  const std::lock_guard lock(all.mutex);
  std::erase_if(all.ids, [](pid_t id) { return ::waitpid(id, nullptr, WNOHANG) != 0; });
}

}  // namespace corokit::io::detail
