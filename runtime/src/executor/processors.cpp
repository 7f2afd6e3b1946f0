#include "processors.hpp"

#include <sched.h>
#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>
#include <vector>

namespace corokit::detail {
namespace {

/// Returns: whether `list`, as "cpu,cpuacct", has the entry.
bool has_entry(const std::string& list, std::string_view entry) {
  std::istringstream entries(list);
  for (std::string each; std::getline(entries, each, ',');)
    if (each == entry) return true;
  return false;
}

/// A mounted hierarchy of control groups that may limit processors.
struct Hierarchy {
  bool is_second_version = false;
  std::string root;  // the group that is mounted
  std::string folder;
};

std::vector<Hierarchy> hierarchies(const std::string& root) {
  std::vector<Hierarchy> found;
  std::ifstream mounts(root + "proc/self/mountinfo");
  for (std::string line; std::getline(mounts, line);) {
    // 36 35 98:0 ROOT FOLDER options (more fields)* - TYPE source OPTIONS
    std::istringstream fields(line);
    Hierarchy one;
    std::string skipped, type, options;
    fields >> skipped >> skipped >> skipped >> one.root >> one.folder;
    while (fields >> skipped && skipped != "-") {
    }
    fields >> type >> skipped >> options;
    one.is_second_version = type == "cgroup2";
    if (one.is_second_version || (type == "cgroup" && has_entry(options, "cpu"))) found.push_back(one);
  }
  return found;
}

/// Returns: the path of the process's group in a hierarchy; empty if it is in none.
std::string group_in(const std::string& root, const Hierarchy& hierarchy) {
  std::ifstream groups(root + "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    // NUMBER:CONTROLLERS:PATH; the second version is number 0, and names no controllers
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (hierarchy.is_second_version ? controllers.empty() : has_entry(controllers, "cpu"))
      return line.substr(second + 1);
  }
  return {};
}

/// Returns: the quota of one group, rounded up to whole processors; 0 if it has none.
std::size_t quota_of(const std::string& folder, bool is_second_version) {
  double quota =
      0;  // stays 0 if the file says "max" or does not exist; is below 0 for "none" in the first version
  double period = 0;
  if (is_second_version) {
    std::ifstream(folder + "/cpu.max") >> quota >> period;
  } else {
    std::ifstream(folder + "/cpu.cfs_quota_us") >> quota;
    std::ifstream(folder + "/cpu.cfs_period_us") >> period;
  }
  if (!(quota > 0 && period > 0)) return 0;
  const auto whole = static_cast<std::size_t>(std::min(quota / period, 1e6));
  return whole + (static_cast<double>(whole) * period < quota ? 1 : 0);
}

}  // namespace

std::size_t allowed_processors() noexcept {
  // The call refuses a set that is smaller than that of the kernel, whose size nothing tells.
  for (std::size_t most = 1024; most <= (1U << 20U); most *= 2) {
    cpu_set_t* const allowed = CPU_ALLOC(most);
    if (!allowed) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(most);
    const bool known = ::sched_getaffinity(0, bytes, allowed) == 0;
    const bool too_small = !known && errno == EINVAL;
    const int count = known ? CPU_COUNT_S(bytes, allowed) : 0;
    CPU_FREE(allowed);
    if (count > 0) return static_cast<std::size_t>(count);
    if (!too_small) break;
  }
  return std::max(std::thread::hardware_concurrency(), 1U);
}

std::size_t processor_quota(const std::string& root) {
  std::size_t least = 0;
  for (const Hierarchy& hierarchy : hierarchies(root)) {
    std::string group = group_in(root, hierarchy);
    // A group outside of what is mounted is one that a container cannot see: the mounted one is its own.
    const std::string top = hierarchy.root == "/" ? "" : hierarchy.root;
    const bool is_inside =
        (group + "/").compare(0, top.size() + 1, top + "/") == 0 && group.find("/..") == std::string::npos;
    group = is_inside ? group.substr(top.size()) : "";
    // A group is bound by those above it, too.
    for (;;) {
      std::string folder = root;
      folder.append(hierarchy.folder).append(group);
      const std::size_t quota = quota_of(folder, hierarchy.is_second_version);
      if (quota != 0) least = least == 0 ? quota : std::min(least, quota);
      if (group.empty()) break;
      group.resize(group.find_last_of('/') == std::string::npos ? 0 : group.find_last_of('/'));
    }
  }
  return least;
}

}  // namespace corokit::detail
