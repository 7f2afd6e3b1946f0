// The first process of a box: starts the program with its limits, waits for its end, copies out what it has made, and
// tells the grader how it ended. At the levels that isolate, the kernel kills all others of the box when
// this process ends.
//
//   box_init DIRECTORY OUTPUT… -- PROGRAM ARGUMENT…
//
// How many outputs there are stands in the orders. It is linked statically, so that it starts in a box without libraries.
#include "sandbox/box_protocol.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>

namespace {

using corokit::moulinette::BoxEnding;
using corokit::moulinette::BoxOrders;
using corokit::moulinette::kBoxSocket;
using corokit::moulinette::kFirstOutput;
using corokit::moulinette::kSameUser;

constexpr int kNothingRuns = 127;

BoxOrders
    orders;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): too large for the stack of a child

void say(const BoxEnding& ending) {
  static_cast<void>(send(kBoxSocket, &ending, sizeof ending, MSG_NOSIGNAL));
}

[[noreturn]] void cannot_start() {
  BoxEnding ending;
  ending.start_error = errno;
  say(ending);
  _exit(kNothingRuns);
}

void require(bool done) {
  if (!done) cannot_start();
}

void limit(__rlimit_resource resource, std::uint64_t soft, std::uint64_t hard) {
  rlimit both{};
  if (soft == 0) return;
  require(getrlimit(resource, &both) == 0);  // a limit that is lower already stays
  both = {std::min(soft, both.rlim_cur), std::min(hard, both.rlim_max)};
  require(setrlimit(resource, &both) == 0);
}

void set_limits() {
  limit(RLIMIT_CPU, orders.cpu_seconds, orders.cpu_seconds + 1);
  limit(RLIMIT_AS, orders.memory, orders.memory);
  limit(RLIMIT_FSIZE, orders.file, orders.file);
  limit(RLIMIT_NPROC, orders.processes, orders.processes);
  limit(RLIMIT_NOFILE, orders.descriptors, orders.descriptors);
  const rlimit none{0, 0};
  require(setrlimit(RLIMIT_CORE, &none) == 0 && setrlimit(RLIMIT_MSGQUEUE, &none) == 0);
}

/// Becomes somebody who owns nothing, in a user namespace of its own: whatever the program does there gives it no power
/// over the other namespaces of the box.
void change_user() {
  if (orders.user == kSameUser) return;
  require(syscall(SYS_setgroups, 0, nullptr) == 0);
  require(syscall(SYS_setresgid, orders.user, orders.user, orders.user) == 0);
  require(syscall(SYS_setresuid, orders.user, orders.user, orders.user) == 0);
  // Where the system refuses it, a user without capabilities has no use for the namespace either.
  static_cast<void>(unshare(CLONE_NEWUSER));
}

void filter_system_calls() {
  require(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  if (orders.instructions == 0) return;
  const sock_fprog program{static_cast<unsigned short>(orders.instructions), orders.filter.data()};
  require(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

[[noreturn]] void become(char** argv, pid_t parent) {
  // The program is opened before, since another user may not search the folders above it.
  const int program = open(argv[0], O_PATH | O_CLOEXEC);
  require(program >= 0);
  umask(S_IWGRP | S_IWOTH);
  set_limits();
  change_user();
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of the user has taken it back
  if (getppid() != parent) _exit(kNothingRuns);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  filter_system_calls();
  syscall(SYS_execveat, program, "", argv, environ, AT_EMPTY_PATH);
  cannot_start();
}

std::int64_t milliseconds(const timeval& time) {
  return std::int64_t{time.tv_sec} * 1000 + time.tv_usec / 1000;
}

timespec after(std::uint64_t wall_milliseconds) {
  timespec end{};
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec += static_cast<time_t>(wall_milliseconds / 1000);
  end.tv_nsec += static_cast<long>(wall_milliseconds % 1000) * 1'000'000;
  if (end.tv_nsec >= 1'000'000'000) {
    ++end.tv_sec;
    end.tv_nsec -= 1'000'000'000;
  }
  return end;
}

/// Waits for SIGCHLD. Returns: false once `end` has passed.
bool wait_until(const timespec& end) {
  timespec left{};
  clock_gettime(CLOCK_MONOTONIC, &left);
  left.tv_sec = end.tv_sec - left.tv_sec;
  left.tv_nsec = end.tv_nsec - left.tv_nsec;
  if (left.tv_nsec < 0) {
    --left.tv_sec;
    left.tv_nsec += 1'000'000'000;
  }
  if (left.tv_sec < 0) return false;
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  return sigtimedwait(&children, nullptr, &left) == SIGCHLD || errno != EAGAIN;
}

/// Waits for the program; what it leaves behind is reaped until then.
BoxEnding wait_for(pid_t program) {
  BoxEnding ending;
  const timespec end = after(orders.wall_milliseconds);
  for (;;) {
    rusage used{};
    int status = 0;
    // A killed program ends soon, so nothing is left to wait for but that.
    const pid_t ended = wait4(-1, &status, ending.out_of_time != 0 ? 0 : WNOHANG, &used);
    if (ended == program) {
      ending.status = status;
      ending.cpu_milliseconds = milliseconds(used.ru_utime) + milliseconds(used.ru_stime);
      return ending;
    }
    if (ended > 0 || wait_until(end) || ending.out_of_time != 0) continue;
    ending.out_of_time = 1;
    kill(program, SIGKILL);
  }
}

/// Copies a file that the program has made. Returns: 0, or the errno.
int copy_out(const char* name, int to) {
  // What stands there may be anything.
  const int from = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat seen {};
  if (from < 0 || fstat(from, &seen) != 0) return errno;
  if (!S_ISREG(seen.st_mode)) return EINVAL;
  for (off_t left = seen.st_size; left > 0;) {
    const ssize_t copied = sendfile(to, from, nullptr, static_cast<std::size_t>(left));
    if (copied <= 0) return copied < 0 ? errno : EIO;
    left -= copied;
  }
  close(from);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 1) return 0;  // whoever tries whether a box works runs this program in it
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_DUMPABLE, 0);
  if (recv(kBoxSocket, &orders, sizeof orders, 0) != sizeof orders) return kNothingRuns;
  const auto outputs = static_cast<int>(orders.outputs);
  if (argc < 4 + outputs || orders.instructions > orders.filter.size()) return kNothingRuns;
  fcntl(kBoxSocket, F_SETFD, FD_CLOEXEC);
  for (int i = 0; i < outputs; ++i) fcntl(kFirstOutput + i, F_SETFD, FD_CLOEXEC);
  require(chdir(argv[1]) == 0);
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, nullptr);
  const pid_t self = getpid();
  const pid_t program = fork();
  require(program >= 0);
  if (program == 0) become(argv + 3 + outputs, self);
  close(3);  // the report belongs to the program
  BoxEnding ending = wait_for(program);
  if (ending.status == 0)
    for (int i = 0; i < outputs && ending.output_error == 0; ++i)
      ending.output_error = copy_out(argv[2 + i], kFirstOutput + i);
  say(ending);
  return 0;
}
