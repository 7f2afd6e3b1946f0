#include "process/process.hpp"

#include "process/capped_text.hpp"
#include "process/process_tree.hpp"
#include "process/system_limits.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

namespace corokit::moulinette {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLook{5};  // how often to look at a process that no descriptor stands for

/// What the child needs. The parent prepares it before the fork, since the child may make only async-signal-safe calls.
struct Plan {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* directory;
  const ProcessLimits* limits;
  int input, output, report;
  bool merges_errors;
  pid_t parent;
  rlimit descriptors;
  std::vector<int> inherited;
  volatile int error = 0;  // why the program cannot run; the child writes it into our memory
};

void duplicate(int from, int to) {
  // dup2() of a descriptor onto itself leaves close-on-exec in place.
  if (from == to) {
    fcntl(from, F_SETFD, 0);
  } else {
    dup2(from, to);
  }
}

/// Puts what is inherited where it is expected, and closes what was left open to us.
void close_others(Plan& plan) {
  constexpr int kFirst = 4;
  const int end = kFirst + static_cast<int>(plan.inherited.size());
  // One that stands where another is expected would be lost, so all first go where none is.
  for (int& descriptor : plan.inherited) descriptor = fcntl(descriptor, F_DUPFD, end);
  for (int i = kFirst; i < end; ++i) dup2(plan.inherited[static_cast<std::size_t>(i - kFirst)], i);
  if (plan.report < 0) close(3);
  close_range(static_cast<unsigned>(end), ~0U, 0);
}

void set_limits(const ProcessLimits& limits, const rlimit& descriptors) {
  limit(RLIMIT_NOFILE, descriptors.rlim_cur, descriptors.rlim_max);
  const auto cpu = static_cast<rlim_t>(limits.cpu.count());
  limit(RLIMIT_CORE, 0, 0);
  if (limits.file) limit(RLIMIT_FSIZE, limits.file, limits.file);
  if (cpu) limit(RLIMIT_CPU, cpu, cpu + 1);
  if (limits.memory) limit(RLIMIT_AS, limits.memory, limits.memory);
}

/// Turns the forked child into the program.
[[noreturn]] void execute(Plan& plan) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != plan.parent) _exit(127);  // the parent died before prctl()
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  duplicate(plan.input, STDIN_FILENO);
  duplicate(plan.output, STDOUT_FILENO);
  if (plan.merges_errors) duplicate(STDOUT_FILENO, STDERR_FILENO);
  if (plan.report >= 0) duplicate(plan.report, 3);
  close_others(plan);
  set_limits(*plan.limits, plan.descriptors);
  if (!plan.directory || chdir(plan.directory) == 0) {
    // execvpe() would give what is no program to the shell.
    const bool is_path = std::strchr(plan.argv[0], '/') != nullptr;
    (is_path ? execve : execvpe)(plan.argv[0], plan.argv.data(), plan.environment.data());
  }
  plan.error = errno;
  _exit(127);
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

/// Adds what does not stand in `environment` yet.
void add_variables(std::vector<char*>& environment, char* const* more) {
  for (; *more; ++more) {
    const std::string_view entry = *more;
    const std::string_view name = entry.substr(0, entry.find('=') + 1);
    if (std::ranges::none_of(environment, [name](std::string_view known) { return known.starts_with(name); }))
      environment.push_back(*more);
  }
}

/// The first of these that names a variable counts: the command, then our choice, then what is inherited. The language
/// is the same everywhere, since the messages of tools are read.
std::vector<char*> environment_of(const Command& command) {
  static const std::vector<std::string> language{"LC_ALL=C.UTF-8", "LANGUAGE="};
  static const std::vector<std::string> bare{"PATH=/usr/bin:/bin"};
  std::vector<char*> result;
  add_variables(result, pointers(command.environment).data());
  add_variables(result, pointers(language).data());
  add_variables(result, command.inherits_environment ? environ : pointers(bare).data());
  result.push_back(nullptr);
  return result;
}

/// Moves what can be read without waiting. Returns: false at the end of the stream.
bool drain(const Descriptor& from, CappedText& to) {
  std::array<char, 65536> buffer;
  for (int chunks = 0; chunks < 64; ++chunks) {  // bounded: a flood of output must not hide the deadline
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
  /// `interrupt` may be null.
  Child(const ProcessLimits& limits, const Interrupt* interrupt)
      : limits_(limits), interrupt_(interrupt), output_(limits.output), report_(limits.report) {}

  Finished run(const Command& command) {
    if (is_interrupted())
      finished_.how = How::interrupted;
    else
      start(command);
    if (pid_ >= 0) {
      wait();
      end();
    }
    finished_.output = output_.text();
    finished_.shortened = output_.shortened();
    finished_.report = report_.text();
    if (error_ != 0) {
      finished_.how = How::not_started;
      finished_.code = error_;
      finished_.output = command.argv.front() + ": " + why_not_started(error_);
    }
    return std::move(finished_);
  }

 private:
  using How = Finished::How;

  void start(const Command& command);
  /// Opens the pipe and the socket, and sends the secret. Returns: false if that fails, with errno set.
  bool open_descriptors(const std::string& secret, Descriptor& output, Descriptor& report);
  void wait();
  void end();
  /// Waits for an event until `deadline`, and moves the output. Returns: whether the process has ended.
  bool step(Clock::time_point deadline);
  bool has_ended() const;
  bool is_interrupted() const { return interrupt_ && interrupt_->requested(); }

  const ProcessLimits& limits_;
  const Interrupt* interrupt_;
  CappedText output_, report_;
  Descriptor reads_output_, reads_report_, process_;
  pid_t pid_ = -1;
  int error_ = 0;  // why the program did not start
  Finished finished_;
};

bool Child::open_descriptors(const std::string& secret, Descriptor& output, Descriptor& report) {
  std::array<int, 2> pipe{-1, -1};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) return false;
  reads_output_ = Descriptor(pipe[0]);
  output = Descriptor(pipe[1]);
  fcntl(pipe[0], F_SETFL, O_NONBLOCK);
  if (secret.empty()) return true;
  std::array<int, 2> pair{-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return false;
  reads_report_ = Descriptor(pair[0]);
  report = Descriptor(pair[1]);
  fcntl(pair[0], F_SETFL, O_NONBLOCK);
  return send(pair[0], secret.data(), secret.size(), MSG_NOSIGNAL) >= 0;
}

void Child::start(const Command& command) {
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Descriptor output;
  Descriptor report;
  if (!nothing || !open_descriptors(command.secret, output, report)) {
    error_ = errno;
    return;
  }
  const std::string directory = command.directory.string();
  Plan plan{pointers(command.argv),
            environment_of(command),
            directory.empty() ? nullptr : directory.c_str(),
            &limits_,
            nothing.get(),
            output.get(),
            report.get(),
            command.merges_errors,
            getpid(),
            given_descriptors(),
            command.inherited};
  pid_ = ProcessTree::of_this_program().start([&plan] {
    // vfork() lends our memory to the child until it runs the program. Copying the page tables, and then each page that
    // one of the two writes, would cost more than most tests.
    const pid_t pid = vfork();
    if (pid == 0) execute(plan);
    return pid;
  });
  error_ = pid_ < 0 ? errno : plan.error;
  if (pid_ < 0) return;
  setpgid(pid_, pid_);  // the child does the same: the one that runs first creates the group
  process_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
}

bool Child::has_ended() const {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid_;
}

bool Child::step(Clock::time_point deadline) {
  std::array<pollfd, 4> watched{{{process_.get(), POLLIN, 0},
                                 {interrupt_ ? interrupt_->descriptor() : -1, POLLIN, 0},
                                 {reads_output_.get(), POLLIN, 0},
                                 {reads_report_.get(), POLLIN, 0}}};
  auto left = std::max(std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()), {});
  if (!process_) left = std::min(left, kLook);  // pidfd_open() is refused, or the kernel is older
  if (poll(watched.data(), watched.size(), static_cast<int>(left.count())) < 0) return false;
  if (watched[2].revents && !drain(reads_output_, output_)) reads_output_.reset();
  if (watched[3].revents && !drain(reads_report_, report_)) reads_report_.reset();
  return process_ ? watched[0].revents != 0 : has_ended();
}

void Child::wait() {
  const auto deadline = Clock::now() + limits_.wall;
  while (!step(deadline)) {
    if (is_interrupted()) {
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
  // The group is killed before its leader is waited for: until then no other group can have its number. The leader may
  // have left for another group of our session.
  kill(-pid_, SIGKILL);
  kill(pid_, SIGKILL);
  int status = 0;
  rusage used{};
  while (wait4(pid_, &status, 0, &used) < 0 && errno == EINTR) {
  }
  const auto time = [](const timeval& value) {
    return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
  };
  finished_.processor =
      std::chrono::duration_cast<std::chrono::milliseconds>(time(used.ru_utime) + time(used.ru_stime));
  ProcessTree::of_this_program().ended(pid_);
  ProcessTree::of_this_program().kill_orphans();
  // The end of the stream is not awaited: a process that escaped may hold the other end open.
  if (reads_output_) drain(reads_output_, output_);
  if (reads_report_) drain(reads_report_, report_);
  finished_.processor = std::chrono::seconds(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                        std::chrono::milliseconds((used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000);
  if (finished_.how != How::not_started) return;
  // The second interrupt kills all processes: it is not their fault.
  if (is_interrupted() && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
    finished_.how = How::interrupted;
  else
    set_ending(finished_, status, limits_.cpu);
}

}  // namespace

Finished run_process(const Command& command, const ProcessLimits& limits) {
  return Child(limits, nullptr).run(command);
}

Finished run_process(const Command& command, const ProcessLimits& limits, const Interrupt& interrupt) {
  return Child(limits, &interrupt).run(command);
}

void set_ending(Finished& finished, int status, std::chrono::seconds cpu) {
  if (WIFEXITED(status)) {
    finished.how = Finished::How::exited;
    finished.code = WEXITSTATUS(status);
    return;
  }
  finished.code = WTERMSIG(status);
  // A process that catches SIGXCPU is killed by SIGKILL a second later.
  const bool is_spent = cpu.count() > 0 && finished.processor + std::chrono::seconds(1) >= cpu;
  const bool for_cpu = finished.code == SIGXCPU || (finished.code == SIGKILL && is_spent);
  finished.how = for_cpu ? Finished::How::out_of_time : Finished::How::signalled;
  if (for_cpu) finished.code = SIGXCPU;
}

std::size_t most_processes() {
  given_descriptors();
  rlimit now{};
  getrlimit(RLIMIT_NOFILE, &now);
  if (now.rlim_cur < kOwnDescriptors + kDescriptorsOfAProcess) return 1;
  return (now.rlim_cur - kOwnDescriptors) / kDescriptorsOfAProcess;
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name ? std::string("SIG") + name : "signal " + std::to_string(signal);
}

}  // namespace corokit::moulinette
