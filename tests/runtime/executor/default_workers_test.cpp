// How many workers a runtime has by default. The call sched_getaffinity() is replaced for the whole program.
#include <corokit/runtime.hpp>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "executor/processors.hpp"

namespace {

// What the machine is taken for: the processors that the kernel counts, and those that the process may use.
std::size_t possible = 0;
std::size_t allowed = 0;

}  // namespace

extern "C" int sched_getaffinity(pid_t process, std::size_t bytes, cpu_set_t* set) {
  if (possible == 0) {
    static const auto ask =
        reinterpret_cast<decltype(&sched_getaffinity)>(::dlsym(RTLD_NEXT, "sched_getaffinity"));
    return ask(process, bytes, set);
  }
  if (bytes * 8 < possible) {
    errno = EINVAL;
    return -1;
  }
  CPU_ZERO_S(bytes, set);
  for (std::size_t cpu = 0; cpu < allowed; ++cpu) CPU_SET_S(possible - 1 - cpu, bytes, set);
  return 0;
}

namespace corokit {
namespace {

namespace fs = std::filesystem;

/// A folder that stands for "/", with a process in control groups.
class Machine {
 public:
  Machine() {
    fs::remove_all(root_);
    fs::create_directories(root_ / "proc/self");
  }
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  ~Machine() { fs::remove_all(root_); }

  Machine& mount(const std::string& root, const std::string& folder, const std::string& type,
                 const std::string& options) {
    std::ofstream(root_ / "proc/self/mountinfo", std::ios::app)
        << "36 35 98:0 " << root << ' ' << folder << " rw,nosuid shared:9 - " << type << " none " << options
        << '\n';
    return *this;
  }
  Machine& group(const std::string& line) {
    std::ofstream(root_ / "proc/self/cgroup", std::ios::app) << line << '\n';
    return *this;
  }
  Machine& file(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text << '\n';
    return *this;
  }
  std::size_t quota() const { return detail::processor_quota(root_.string() + "/"); }

 private:
  const fs::path root_ = fs::path(::testing::TempDir()) / ("machine." + std::to_string(::getpid()));
};

TEST(DefaultWorkers, ACpuQuotaIsRoundedUp) {
  Machine machine;
  machine.mount("/", "/sys/fs/cgroup", "cgroup2", "rw").group("0::/docker/x");
  EXPECT_EQ(machine.quota(), 0u);
  EXPECT_EQ(machine.file("sys/fs/cgroup/docker/x/cpu.max", "max 100000").quota(), 0u);
  EXPECT_EQ(machine.file("sys/fs/cgroup/docker/x/cpu.max", "150000 100000").quota(), 2u);
  EXPECT_EQ(machine.file("sys/fs/cgroup/docker/x/cpu.max", "300000 100000").quota(), 3u);
  EXPECT_EQ(machine.file("sys/fs/cgroup/docker/x/cpu.max", "1000 100000").quota(), 1u);
}

TEST(DefaultWorkers, TheQuotaOfAGroupAboveBinds) {
  Machine machine;
  machine.mount("/", "/sys/fs/cgroup", "cgroup2", "rw").group("0::/a/b");
  machine.file("sys/fs/cgroup/a/b/cpu.max", "800000 100000").file("sys/fs/cgroup/a/cpu.max", "400000 100000");
  EXPECT_EQ(machine.quota(), 4u);
  EXPECT_EQ(machine.file("sys/fs/cgroup/cpu.max", "200000 100000").quota(), 2u);
}

TEST(DefaultWorkers, TheFirstVersionOfControlGroupsHasAQuotaToo) {
  Machine machine;
  machine.mount("/", "/sys/fs/cgroup/memory", "cgroup", "rw,memory").group("3:memory:/m");
  machine.mount("/", "/sys/fs/cgroup/cpu", "cgroup", "rw,cpu,cpuacct").group("4:cpuacct,cpu:/c");
  EXPECT_EQ(machine.file("sys/fs/cgroup/cpu/c/cpu.cfs_quota_us", "-1").quota(), 0u);
  machine.file("sys/fs/cgroup/cpu/c/cpu.cfs_period_us", "50000");
  EXPECT_EQ(machine.quota(), 0u);
  EXPECT_EQ(machine.file("sys/fs/cgroup/cpu/c/cpu.cfs_quota_us", "125000").quota(), 3u);
}

TEST(DefaultWorkers, AContainerThatSeesOnlyItsOwnGroupReadsThat) {
  Machine inside;
  inside.mount("/docker/x", "/sys/fs/cgroup", "cgroup2", "rw").group("0::/docker/x/y");
  inside.file("sys/fs/cgroup/y/cpu.max", "500000 100000");
  EXPECT_EQ(inside.quota(), 5u);
  Machine outside;
  outside.mount("/", "/sys/fs/cgroup", "cgroup2", "rw").group("0::/../other");
  EXPECT_EQ(outside.file("sys/fs/cgroup/cpu.max", "600000 100000").quota(), 6u);
}

TEST(DefaultWorkers, AMachineWithoutControlGroupsHasNoQuota) {
  EXPECT_EQ(Machine().quota(), 0u);
  EXPECT_EQ(Machine().file("proc/self/mountinfo", "nonsense\n- - -\n").group("::\nx").quota(), 0u);
}

TEST(DefaultWorkers, AreCountedOnMachinesWithManyProcessors) {
  for (const std::size_t count : {1, 64, 1024, 1025, 8192}) {
    possible = count;
    allowed = std::min<std::size_t>(count, 700);
    EXPECT_EQ(detail::allowed_processors(), allowed);
    allowed = count;
    EXPECT_EQ(detail::allowed_processors(), count);
    EXPECT_LE(Runtime::default_workers(), 1024u);
  }
  possible = 4096;
  allowed = 1;
  EXPECT_EQ(Runtime::default_workers(), 1u);
  possible = 0;
  EXPECT_GE(Runtime::default_workers(), 1u);
}

}  // namespace
}  // namespace corokit
