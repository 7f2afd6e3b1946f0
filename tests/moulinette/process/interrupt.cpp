#include "process/interrupt.hpp"

#include "process/process_tree.hpp"
#include "process/system_limits.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <string_view>

namespace corokit::moulinette {
namespace {

sigset_t handled_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  return signals;
}

void raise_event(const io::Descriptor& event) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written =
      write(event.get(), &one, sizeof one);  // fails only if the event is already raised
}

/// Another thread may be waiting for the child, so its status is left to be read.
bool is_alive(pid_t child) {
  siginfo_t info{};
  return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0;
}

/// Kills all processes that this program has started, but for `others`. What they leave behind becomes a child of this
/// program (see ProcessTree) and is killed as well. Waits for no mutex: another thread may hold it for long.
void kill_children(const std::set<pid_t>& others) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::seconds kLongest{1};  // a process in a system call may die late
  constexpr int kTimes = 2;  // the system may leave a child out of the list while others come and go
  const auto end = Clock::now() + kLongest;
  for (int times_none = 0; times_none < kTimes && Clock::now() < end;) {
    ++times_none;
    for (const pid_t child : children()) {
      if (others.contains(child) || !is_alive(child)) continue;
      kill(child, SIGKILL);
      times_none = 0;
    }
    poll(nullptr, 0, 1);
  }
}

}  // namespace

Interrupt::Interrupt()
    : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), stop_(eventfd(0, EFD_CLOEXEC)), before_(children()) {
  require_room();
  const sigset_t signals = handled_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signals_ = io::Descriptor(signalfd(-1, &signals, SFD_CLOEXEC));
  thread_ = std::thread([this] { wait_for_signals(); });
}

Interrupt::Interrupt(WithoutSignals) : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Interrupt::~Interrupt() {
  if (!thread_.joinable()) return;
  raise_event(stop_);
  thread_.join();
}

void Interrupt::wait_for_signals() {
  for (;;) {
    std::array<pollfd, 2> watched{{{signals_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
    if (poll(watched.data(), watched.size(), -1) < 0) continue;
    if (watched[1].revents) return;
    signalfd_siginfo info;
    if (read(signals_.get(), &info, sizeof info) != sizeof info) continue;
    if (requested()) {
      // PR_SET_PDEATHSIG alone would not do: a bubblewrap that is killed while it makes a box leaves a process that waits
      // for it for ever, and so does whatever has not asked for the signal.
      kill_children(before_);
      constexpr std::string_view kStopped = "\nmoulinette: stopped at once, without a report.\n";
      [[maybe_unused]] const auto written = write(STDERR_FILENO, kStopped.data(), kStopped.size());
      _exit(130);
    }
    trigger();
  }
}

void Interrupt::trigger() {
  const std::lock_guard lock(mutex_);
  if (requested()) return;
  token_.cancel();
  raise_event(event_);
  if (action_) action_();
}

Interrupt::Scope::Scope(Interrupt& interrupt, std::function<void()> action) : interrupt_(&interrupt) {
  const std::lock_guard lock(interrupt.mutex_);
  interrupt.action_ = std::move(action);
  if (interrupt.requested()) interrupt.action_();
}

Interrupt::Scope::~Scope() {
  const std::lock_guard lock(interrupt_->mutex_);
  interrupt_->action_ = nullptr;
}

}  // namespace corokit::moulinette
