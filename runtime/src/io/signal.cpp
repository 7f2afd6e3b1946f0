#include "signal_bell.hpp"

#include <corokit/io/signal.hpp>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <mutex>

namespace corokit::io {
namespace {

/// What the handler touches: it outlives everything, and is never taken apart.
struct Arrivals {
  std::array<std::atomic<std::uint64_t>, NSIG> counts{};
  // An eventfd. Each listener has a copy of its own, and each write reaches all of them.
  std::atomic<int> bell{-1};
  std::mutex mutex;
  std::array<bool, NSIG> handled{};  // guarded by mutex
};

Arrivals& arrivals() {
  static Arrivals* const all = new Arrivals;
  return *all;
}

extern "C" void corokit_count_signal(int kind) {
  const int saved = errno;
  Arrivals& all = arrivals();  // made before the first handler was
  // [signal] release: a listener that reads this number sees what came before the signal on this thread.
  all.counts[static_cast<std::size_t>(kind)].fetch_add(1, std::memory_order_release);
  const std::uint64_t one = 1;
  static_cast<void>(::write(all.bell.load(std::memory_order_relaxed), &one, sizeof one));
  errno = saved;
}

std::error_code last_error() noexcept {
  return {errno, std::system_category()};
}

/// Makes the bell, and the handler of this kind, where they are missing.
std::error_code install(int kind) {
  Arrivals& all = arrivals();
  const std::lock_guard lock(all.mutex);
  if (all.bell.load(std::memory_order_relaxed) < 0) {
    const int bell = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (bell < 0) return last_error();
    all.bell.store(bell, std::memory_order_relaxed);  // sigaction() publishes it
  }
  bool& handled = all.handled[static_cast<std::size_t>(kind)];
  if (handled) return {};
  struct sigaction action {};
  action.sa_handler = &corokit_count_signal;
  action.sa_flags = SA_RESTART;
  ::sigfillset(&action.sa_mask);
  if (::sigaction(kind, &action, nullptr) < 0) return last_error();
  handled = true;
  return {};
}

}  // namespace

bool can_be_handled(int kind) noexcept {
  if (kind <= 0 || kind >= NSIG) return false;
  for (const int never : {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGILL, SIGFPE})
    if (kind == never) return false;
  return true;
}

IoResult<Descriptor> listen_to_bell(int kind) {
  if (!can_be_handled(kind)) return Err<std::error_code>(std::make_error_code(std::errc::invalid_argument));
  if (const std::error_code error = install(kind)) return Err<std::error_code>(error);
  Descriptor copy(::fcntl(arrivals().bell.load(std::memory_order_relaxed), F_DUPFD_CLOEXEC, 0));
  if (!copy) return Err<std::error_code>(last_error());
  return copy;
}

std::uint64_t signals_of(int kind) {
  // [signal] acquire: pairs with the release in the handler.
  return arrivals().counts[static_cast<std::size_t>(kind)].load(std::memory_order_acquire);
}

IoResult<Signals> Signals::listen(int kind) {
  auto bell = listen_to_bell(kind);
  if (!bell) return Err<std::error_code>(bell.error());
  auto told = AsyncFd::make(*std::move(bell));
  if (!told) return Err<std::error_code>(told.error());
  return Signals(*std::move(told), kind, signals_of(kind));
}

Task<IoResult<void>> Signals::next() {
  // Nobody reads the bell: each write makes a new event, since events are edge-triggered.
  const auto look = [this] {
    const std::uint64_t count = signals_of(kind_);
    if (count != std::exchange(seen_, count)) return 0;
    errno = EAGAIN;
    return -1;
  };
  auto rung = co_await told_.read_with(look);
  if (!rung) co_return Err<std::error_code>(rung.error());
  co_return IoResult<void>();
}

Task<IoResult<void>> ctrl_c() {
  auto interrupts = Signals::listen(SIGINT);
  if (!interrupts) co_return Err<std::error_code>(interrupts.error());
  co_return co_await interrupts->next();
}

}  // namespace corokit::io
