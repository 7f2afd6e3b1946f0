#include "start_process.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>

// What the new process runs has no sanitizer, which would take its steps for those of the thread whose memory it borrows.
// For the same reason it makes system calls itself: sanitizers follow the functions of the C library.

/// clone(2) under the other name that the C library has for it: ThreadSanitizer takes each clone() for a fork().
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" int __clone(int (*)(void*), void*, int, void*, ...) noexcept;

namespace corokit::io::detail {
namespace {

struct Start {
  StartPlan plan;
  pid_t parent;
  int end;        // the first number that no descriptor of the process has
  int error = 0;  // why there is no program; the process writes it into our memory
};

__attribute__((no_sanitize("address", "thread"))) bool place_descriptors(Start& start) noexcept {
  auto& places = start.plan.places;
  // One that stands where another is to be would be lost, so all first go where none is to be.
  for (StartPlan::Place& place : places) {
    place.ours = static_cast<int>(::syscall(SYS_fcntl, place.ours, F_DUPFD_CLOEXEC, start.end));
    if (place.ours < 0) return false;
  }
  for (int number = 3; number < start.end; ++number) ::syscall(SYS_close, number);
  for (const StartPlan::Place& place : places)
    if (::syscall(SYS_dup3, place.ours, place.theirs, 0) < 0) return false;
  if (::syscall(SYS_close_range, start.end, ~0U, 0) < 0) ::closefrom(start.end);  // the kernel is older
  return true;
}

__attribute__((no_sanitize("address", "thread"))) bool set_limits(const StartPlan& plan) noexcept {
  for (const StartPlan::Limit& limit : plan.limits) {
    rlimit both{};
    if (::syscall(SYS_prlimit64, 0, limit.resource, nullptr, &both) < 0) return false;
    if (limit.most.rlim_cur < both.rlim_cur) both.rlim_cur = limit.most.rlim_cur;
    if (limit.most.rlim_max < both.rlim_max) both.rlim_max = limit.most.rlim_max;
    if (both.rlim_max < both.rlim_cur) both.rlim_cur = both.rlim_max;
    if (::syscall(SYS_prlimit64, 0, limit.resource, &both, nullptr) < 0) return false;
  }
  return true;
}

/// No handler of ours may run in the process, nor does it ignore SIGPIPE, the only signal that programs commonly ignore.
__attribute__((no_sanitize("address", "thread"))) void reset_signals() noexcept {
  // As the kernel has it: the handler comes first, and zeros are the default.
  constexpr std::size_t kBytesOfASet = 8;
  const std::array<unsigned long, 8> by_default{};
  for (int signal = 1; signal <= _NSIG - 1; ++signal) {
    std::array<unsigned long, 8> action{};
    ::syscall(SYS_rt_sigaction, signal, nullptr, action.data(), kBytesOfASet);
    const bool is_ignored = action[0] == 1;
    if (action[0] != 0 && (!is_ignored || signal == SIGPIPE))
      ::syscall(SYS_rt_sigaction, signal, by_default.data(), nullptr, kBytesOfASet);
  }
  ::syscall(SYS_rt_sigprocmask, SIG_SETMASK, by_default.data(), nullptr, kBytesOfASet);
}

/// Returns: only if there is no such program, with errno set.
__attribute__((no_sanitize("address", "thread"))) void execute(const StartPlan& plan) noexcept {
  int error = ENOENT;
  for (const std::string& path : plan.paths) {
    ::syscall(SYS_execve, path.c_str(), plan.arguments.data(), plan.variables.data());
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  errno = error;
}

/// What the new process runs.
__attribute__((no_sanitize("address", "thread"))) int become_the_program(void* argument) noexcept {
  Start& start = *static_cast<Start*>(argument);
  const StartPlan& plan = start.plan;
  bool goes_on = !plan.own_group || ::syscall(SYS_setpgid, 0, 0) == 0;
  if (plan.dies_with_parent) {
    ::syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (::syscall(SYS_getppid) != start.parent) ::syscall(SYS_exit_group, 127);  // the parent died before
  }
  goes_on = goes_on && place_descriptors(start) && set_limits(plan);
  goes_on = goes_on && (plan.folder.empty() || ::syscall(SYS_chdir, plan.folder.c_str()) == 0);
  if (goes_on) {
    reset_signals();
    execute(plan);
  }
  start.error = errno;
  ::syscall(SYS_exit_group, 127);
  return 0;
}

}  // namespace

IoResult<pid_t> start_process(StartPlan plan) {
  int end = STDERR_FILENO + 1;
  for (const StartPlan::Place& place : plan.places) end = std::max(end, place.theirs + 1);
  Start start{.plan = std::move(plan), .parent = ::getpid(), .end = end};
  // A handler of ours must not run in the process while it borrows our memory.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  alignas(16) std::array<std::byte, 32768> stack;
  const pid_t id =
      ::__clone(&become_the_program, stack.data() + stack.size(), CLONE_VM | CLONE_VFORK | SIGCHLD, &start);
  const int failed = id < 0 ? errno : start.error;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (failed == 0) return id;
  while (id > 0 && ::waitpid(id, nullptr, 0) < 0 && errno == EINTR) {
  }
  return Err<std::error_code>(std::error_code(failed, std::system_category()));
}

}  // namespace corokit::io::detail
