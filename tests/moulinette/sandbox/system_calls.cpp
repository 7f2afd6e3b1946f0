#include "sandbox/system_calls.hpp"

#include "error.hpp"

#include <corokit/io/descriptor.hpp>

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <cerrno>
#include <initializer_list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace corokit::moulinette {
namespace {

using Names = std::initializer_list<const char*>;

// What the C library and the runtime call while a test runs.
constexpr Names kMemory{"brk", "madvise", "membarrier", "mmap", "mprotect", "mremap", "munmap"};
constexpr Names kThreads{
    "exit", "exit_group",        "futex",       "get_robust_list", "getpid",         "getppid", "gettid",
    "rseq", "sched_getaffinity", "sched_yield", "set_robust_list", "set_tid_address"};
constexpr Names kSignals{"getitimer",    "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask",
                         "rt_sigreturn", "setitimer",       "sigaltstack",  "tgkill"};
constexpr Names kClock{"clock_getres", "clock_gettime", "clock_nanosleep",
                       "gettimeofday", "nanosleep",     "time"};
constexpr Names kDescriptors{"close",
                             "dup",
                             "dup2",
                             "dup3",
                             "epoll_create",
                             "epoll_create1",
                             "epoll_ctl",
                             "epoll_pwait",
                             "epoll_pwait2",
                             "epoll_wait",
                             "eventfd2",
                             "fcntl",
                             "fstat",
                             "lseek",
                             "newfstatat",
                             "poll",
                             "ppoll",
                             "pread64",
                             "read",
                             "readv",
                             "recvfrom",
                             "recvmsg",
                             "sendmsg",
                             "sendto",
                             "shutdown",
                             "timerfd_create",
                             "timerfd_gettime",
                             "timerfd_settime",
                             "write",
                             "writev"};
constexpr Names kItself{"getegid",   "geteuid", "getgid",  "getrandom", "getrlimit",
                        "getrusage", "getuid",  "sysinfo", "uname"};
// Before main(): the loader, and what the C library does first.
constexpr Names kStart{"access",     "arch_prctl", "close_range", "execve",   "execveat",   "faccessat",
                       "faccessat2", "fadvise64",  "getcwd",      "readlink", "readlinkat", "statx"};
// A schedule is made short in processes of its own.
constexpr Names kChildren{"wait4"};

constexpr Names kExplorer{"ftruncate", "memfd_create", "openat", "personality"};
constexpr Names kSanitizer{"getdents", "getdents64",       "open",   "openat", "personality",
                           "prctl",    "process_vm_readv", "ptrace", "unlink"};
constexpr Names kCompiler{
    "chdir",    "chmod",     "copy_file_range", "fchmod",        "fchmodat",   "fchown",    "fdatasync",
    "flock",    "fstatfs",   "fsync",           "ftruncate",     "getdents64", "getpgrp",   "ioctl",
    "kill",     "link",      "linkat",          "lstat",         "mkdir",      "mkdirat",   "open",
    "openat",   "pipe",      "pipe2",           "prctl",         "prlimit64",  "pwrite64",  "rename",
    "renameat", "renameat2", "rmdir",           "rt_sigsuspend", "sendfile",   "setrlimit", "stat",
    "statfs",   "symlink",   "symlinkat",       "umask",         "unlink",     "unlinkat",  "utimensat",
    "vfork",    "waitid"};

/// Builds one filter. An action for a call that this machine or this version of libseccomp does not know is left out.
class Filter {
 public:
  explicit Filter(std::uint32_t otherwise) : context_(seccomp_init(otherwise), &seccomp_release) {
    if (!context_) throw broken("libseccomp cannot make a filter of system calls for this machine.");
    seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);  // a search that halves, not a long list
  }

  void allow(Names names) {
    for (const char* name : names) add(SCMP_ACT_ALLOW, name, {});
  }
  void allow_if(const char* name, const scmp_arg_cmp& condition) { add(SCMP_ACT_ALLOW, name, {condition}); }
  void refuse(const char* name, int error) { add(refusal(error), name, {}); }
  void refuse_if(const char* name, int error, const scmp_arg_cmp& condition) {
    add(refusal(error), name, {condition});
  }

  std::vector<sock_filter> instructions() const {
    const io::Descriptor file(memfd_create("filter", MFD_CLOEXEC));
    if (!file || seccomp_export_bpf(context_.get(), file.get()) != 0)
      throw broken("libseccomp cannot write its filter of system calls.");
    const off_t size = lseek(file.get(), 0, SEEK_END);
    std::vector<sock_filter> made(static_cast<std::size_t>(size) / sizeof(sock_filter));
    if (pread(file.get(), made.data(), static_cast<std::size_t>(size), 0) != size)
      throw broken("The filter of system calls cannot be read.");
    return made;
  }

 private:
  static std::uint32_t refusal(int error) { return SCMP_ACT_ERRNO(static_cast<std::uint16_t>(error)); }

  void add(std::uint32_t action, const char* name, std::initializer_list<scmp_arg_cmp> conditions) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR || number < 0) return;
    const int failed = seccomp_rule_add_array(context_.get(), action, number,
                                              static_cast<unsigned>(conditions.size()), conditions.begin());
    if (failed != 0)
      throw broken(std::string("libseccomp makes no rule for ") + name + ": error " +
                   std::to_string(-failed));
  }

  std::unique_ptr<void, decltype(&seccomp_release)> context_;
};

/// Only what makes a thread or, where it is needed, a process, and no namespace. A limit of processor time is that of a
/// process: with many of them, a program would take the processors from all others until its time is up. The flags of
/// clone3() are in memory, where a filter cannot look: the C library is told that there is no such call, and uses clone().
void allow_clone(Filter& filter, bool makes_processes) {
  constexpr std::uint64_t kForbidden = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                       CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_PARENT;
  if (makes_processes) {
    filter.allow_if("clone", SCMP_A0_64(SCMP_CMP_MASKED_EQ, kForbidden, 0));
  } else {
    filter.allow_if("clone", SCMP_A0_64(SCMP_CMP_MASKED_EQ, kForbidden | CLONE_THREAD, CLONE_THREAD));
    filter.refuse_if("clone", EAGAIN, SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    for (const char* call : {"fork", "vfork"}) filter.refuse(call, EAGAIN);
  }
  filter.refuse("clone3", ENOSYS);
}

/// Files can be read. Whoever wants to write one is refused, and does not end.
void allow_reading(Filter& filter) {
  constexpr std::uint64_t kWriting = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;
  filter.allow_if("openat", SCMP_A2_64(SCMP_CMP_MASKED_EQ, kWriting, 0));
  for (const int flag : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC}) {
    const auto bit = static_cast<std::uint64_t>(flag);
    filter.refuse_if("openat", EACCES, SCMP_A2_64(SCMP_CMP_MASKED_EQ, bit, bit));
  }
}

/// What it asks of itself, and sets for itself.
void allow_about_itself(Filter& filter) {
  constexpr std::uint64_t kIsTerminal = 0x5401;  // TCGETS
  filter.allow_if("prlimit64", SCMP_A0_64(SCMP_CMP_EQ, 0, 0));
  filter.allow_if("ioctl", SCMP_A1_64(SCMP_CMP_EQ, kIsTerminal, 0));
  // With the last two, a program lets itself do less. Threads that wait for timers want them to be exact.
  for (const std::uint64_t option :
       {PR_SET_NAME, PR_GET_NAME, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP})
    filter.allow_if("prctl", SCMP_A0_64(SCMP_CMP_EQ, option, 0));
}

std::vector<sock_filter> make_filter(Needs needs) {
  const bool is_compiler = needs == Needs::compiler;
  Filter filter(is_compiler ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_KILL_PROCESS);
  for (const Names& names : {kMemory, kThreads, kSignals, kClock, kDescriptors, kItself, kStart, kChildren})
    filter.allow(names);
  allow_clone(filter, needs == Needs::compiler || needs == Needs::replay || needs == Needs::sanitizer);
  if (needs == Needs::compiler) filter.allow(kCompiler);
  if (needs == Needs::explorer) filter.allow(kExplorer);
  if (needs == Needs::sanitizer) filter.allow(kSanitizer);
  if (needs == Needs::test || needs == Needs::replay) allow_reading(filter);
  if (!is_compiler) allow_about_itself(filter);
  return filter.instructions();
}

}  // namespace

const std::vector<sock_filter>& system_call_filter(Needs needs) {
  static std::mutex mutex;
  static std::map<Needs, std::vector<sock_filter>> made;
  const std::lock_guard lock(mutex);
  std::vector<sock_filter>& filter = made[needs];
  if (filter.empty()) filter = make_filter(needs);
  return filter;
}

}  // namespace corokit::moulinette
