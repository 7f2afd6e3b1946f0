#include "process/process.hpp"

#include "process/capped_text.hpp"
#include "process/process_tree.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace corokit::moulinette {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kReportKept = 256U << 10U;

void limit(int resource, rlim_t soft, rlim_t hard) {
  const rlimit both{soft, hard};
  setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

/// What the forked child needs, made before the fork: after it only async-signal-safe calls are allowed, and none that
/// changes our memory.
struct Plan {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* directory;
  const ProcessLimits* limits;
  int input, output, line;
  pid_t parent;
};

void give(int from, int to) {
  // dup2 onto itself would leave close-on-exec in place.
  if (from == to) {
    fcntl(from, F_SETFD, 0);
  } else {
    dup2(from, to);
  }
}

[[noreturn]] void become(const Plan& plan) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != plan.parent) _exit(127);  // it died before we asked
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  give(plan.input, STDIN_FILENO);
  give(plan.output, STDOUT_FILENO);
  give(STDOUT_FILENO, STDERR_FILENO);
  if (plan.line >= 0) give(plan.line, 3);
  close_range(plan.line >= 0 ? 4 : 3, ~0U, 0);  // what whoever started us left open
  const auto cpu = static_cast<rlim_t>(plan.limits->cpu.count());
  limit(RLIMIT_CORE, 0, 0);
  limit(RLIMIT_FSIZE, plan.limits->file, plan.limits->file);
  limit(RLIMIT_CPU, cpu, cpu + 1);
  if (plan.limits->memory) limit(RLIMIT_AS, plan.limits->memory, plan.limits->memory);
  if (!plan.directory || chdir(plan.directory) == 0) {
    execve(plan.argv[0], plan.argv.data(), plan.environment.data());
  }
  const char* why = std::strerror(errno);
  [[maybe_unused]] auto said = write(STDERR_FILENO, plan.argv[0], std::strlen(plan.argv[0]));
  said = write(STDERR_FILENO, ": ", 2);
  said = write(STDERR_FILENO, why, std::strlen(why));
  _exit(127);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

std::vector<char*> inherited_environment() {
  std::vector<char*> result;
  for (char** entry = environ; *entry; ++entry) result.push_back(*entry);
  result.push_back(nullptr);
  return result;
}

/// Moves what can be read now; returns false at the end of the stream.
bool drain(const Descriptor& from, CappedText& to) {
  std::array<char, 65536> buffer;
  for (int chunks = 0; chunks < 64; ++chunks) {  // a flood must not keep us from looking at the clock
    const ssize_t got = read(from.get(), buffer.data(), buffer.size());
    if (got > 0) {
      to.append({buffer.data(), static_cast<std::size_t>(got)});
    } else {
      return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
  }
  return true;
}

class Child {
 public:
  Child(const Command& command, const ProcessLimits& limits)
      : limits_(limits), output_(limits.output), report_(kReportKept) {
    start(command);
  }

  Finished run(const Interrupt& interrupt) {
    if (pid_ < 0) {
      finished_.code = errno_;
      return std::move(finished_);
    }
    watch(interrupt);
    end();
    finished_.output = output_.text();
    finished_.shortened = output_.shortened();
    finished_.report = report_.text();
    return std::move(finished_);
  }

 private:
  using How = Finished::How;

  void start(const Command& command);
  void watch(const Interrupt& interrupt);
  void end();
  /// Waits up to `deadline` and moves what came in; returns whether the process has ended.
  bool step(const Interrupt& interrupt, Clock::time_point deadline);

  const ProcessLimits& limits_;
  CappedText output_, report_;
  Descriptor printed_, line_, process_;
  pid_t pid_ = -1;
  int errno_ = 0;
  Finished finished_;
};

void Child::start(const Command& command) {
  std::array<int, 2> pipe{-1, -1};
  std::array<int, 2> pair{-1, -1};
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const bool opened =
      nothing && pipe2(pipe.data(), O_CLOEXEC) == 0 &&
      (command.secret.empty() || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) == 0);
  errno_ = errno;
  printed_ = Descriptor(pipe[0]);
  line_ = Descriptor(pair[0]);
  const Descriptor prints(pipe[1]);
  const Descriptor reports(pair[1]);
  if (!opened) return;
  if (line_ && send(line_.get(), command.secret.data(), command.secret.size(), MSG_NOSIGNAL) < 0) return;

  static const std::vector<std::string> bare{"PATH=/usr/bin:/bin", "LC_ALL=C"};
  const std::string directory = command.directory.string();
  const Plan plan{pointers(command.argv),
                  command.inherits_environment ? inherited_environment() : pointers(bare),
                  directory.empty() ? nullptr : directory.c_str(),
                  &limits_,
                  nothing.get(),
                  prints.get(),
                  reports.get(),
                  getpid()};
  pid_ = ProcessTree::of_this_program().start([&plan] {
    // The child borrows our memory until it is another program: copying the page tables, and then each page that
    // either touches, costs more than most tests do.
    const pid_t pid = vfork();
    if (pid == 0) become(plan);
    return pid;
  });
  errno_ = errno;
  if (pid_ < 0) return;
  setpgid(pid_, pid_);  // as the child does: whoever comes first
  process_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  fcntl(printed_.get(), F_SETFL, O_NONBLOCK);
  if (line_) fcntl(line_.get(), F_SETFL, O_NONBLOCK);
}

bool Child::step(const Interrupt& interrupt, Clock::time_point deadline) {
  std::array<pollfd, 4> watched{{{process_.get(), POLLIN, 0},
                                 {interrupt.descriptor(), POLLIN, 0},
                                 {printed_.get(), POLLIN, 0},
                                 {line_.get(), POLLIN, 0}}};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
  if (poll(watched.data(), watched.size(), static_cast<int>(std::max<std::int64_t>(left, 0))) < 0)
    return false;
  if (watched[2].revents && !drain(printed_, output_)) printed_.reset();
  if (watched[3].revents && !drain(line_, report_)) line_.reset();
  return watched[0].revents != 0;
}

void Child::watch(const Interrupt& interrupt) {
  const auto deadline = Clock::now() + limits_.wall;
  while (!step(interrupt, deadline)) {
    if (interrupt.requested()) {
      finished_.how = How::interrupted;
      return;
    }
    if (Clock::now() >= deadline) {
      finished_.how = How::out_of_time;
      return;
    }
  }
}

void Child::end() {
  // Before the leader is waited for: until then its group's number cannot belong to anybody else.
  kill(-pid_, SIGKILL);
  int status = 0;
  rusage used{};
  while (wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
  }
  ProcessTree::of_this_program().ended(pid_);
  ProcessTree::of_this_program().kill_orphans();
  // Not up to the end of the stream: it need not come while somebody who escaped holds the other end.
  if (printed_) drain(printed_, output_);
  if (line_) drain(line_, report_);
  if (finished_.how != How::not_started) return;
  if (WIFEXITED(status)) {
    finished_.how = How::exited;
    finished_.code = WEXITSTATUS(status);
    return;
  }
  finished_.code = WTERMSIG(status);
  // SIGKILL comes when SIGXCPU was caught.
  const bool spent = used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1 >= limits_.cpu.count();
  const bool for_cpu = finished_.code == SIGXCPU || (finished_.code == SIGKILL && spent);
  finished_.how = for_cpu ? How::out_of_time : How::signalled;
  if (for_cpu) finished_.code = SIGXCPU;
}

}  // namespace

Finished run_process(const Command& command, const ProcessLimits& limits, const Interrupt& interrupt) {
  return Child(command, limits).run(interrupt);
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace corokit::moulinette
