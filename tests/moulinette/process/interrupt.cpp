#include "process/interrupt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <array>
#include <csignal>
#include <cstdint>

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

void raise_event(const Descriptor& event) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written =
      write(event.get(), &one, sizeof one);  // fails only if the event is already raised
}

}  // namespace

Interrupt::Interrupt() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), stop_(eventfd(0, EFD_CLOEXEC)) {
  const sigset_t signals = handled_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signals_ = Descriptor(signalfd(-1, &signals, SFD_CLOEXEC));
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
    // The second Ctrl-C ends the program at once; its children die with it (PR_SET_PDEATHSIG).
    if (requested()) _exit(130);
    trigger();
  }
}

void Interrupt::trigger() {
  // [interrupt] acq_rel: only the flag itself is published. Pairs with: [interrupt] acquire in requested().
  if (requested_.exchange(true, std::memory_order_acq_rel)) return;
  raise_event(event_);
  const std::lock_guard lock(mutex_);
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
