#include "command_line/keyboard.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace corokit::moulinette {
namespace {

// What handlers of signals need: they know no object.
termios before_us{};
termios ours{};
int resumed_event = -1;

void restore() {
  tcsetattr(STDIN_FILENO, TCSADRAIN, &before_us);
}

void on_continue(int) {
  const int error = errno;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &ours);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(resumed_event, &one, sizeof one);
  errno = error;
}

/// Stops as the program would without us; it goes on here.
void on_stop(int) {
  const int error = errno;
  restore();
  struct sigaction handles {};
  struct sigaction stops {};
  stops.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &stops, &handles);
  raise(SIGTSTP);
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
  sigaction(SIGTSTP, &handles, nullptr);
  on_continue(SIGCONT);
  errno = error;
}

struct sigaction stop_before {};
struct sigaction continue_before {};

/// A signal that is ignored stays ignored.
void handle(int signal, void (*handler)(int), struct sigaction& before) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, nullptr, &before);
  if (before.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);
}

/// Returns: what an interrupt does.
std::function<void()> restoring() {
  if (resumed_event < 0) resumed_event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  tcgetattr(STDIN_FILENO, &before_us);
  ours = before_us;
  ours.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  return restore;
}

}  // namespace

Keyboard::Keyboard(Interrupt& interrupt) : interrupt_(interrupt), restores_(interrupt, restoring()) {
  handle(SIGTSTP, on_stop, stop_before);
  handle(SIGCONT, on_continue, continue_before);
  tcsetattr(STDIN_FILENO, TCSADRAIN, &ours);
  if (interrupt.requested()) restore();
}

Keyboard::~Keyboard() {
  sigaction(SIGTSTP, &stop_before, nullptr);
  sigaction(SIGCONT, &continue_before, nullptr);
  restore();
}

char Keyboard::read(int milliseconds) const {
  for (;;) {
    std::array<pollfd, 2> ready{{{STDIN_FILENO, POLLIN, 0}, {interrupt_.descriptor(), POLLIN, 0}}};
    const int count = poll(ready.data(), ready.size(), milliseconds);
    if (count < 0 && errno == EINTR) continue;
    char key = kEnd;
    if (count <= 0 || ready[1].revents != 0 || ::read(STDIN_FILENO, &key, 1) != 1) return kEnd;
    return key;
  }
}

int Keyboard::resumed() noexcept {
  return resumed_event;
}

void Keyboard::clear_resumed() noexcept {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto got = ::read(resumed_event, &count, sizeof count);
}

}  // namespace corokit::moulinette
