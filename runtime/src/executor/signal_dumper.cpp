#include "signal_dumper.hpp"

#include "io/signal_bell.hpp"

#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/task_dump.hpp>

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <new>
#include <system_error>
#include <utility>

namespace corokit::detail {
namespace {

[[noreturn]] void throw_error(std::error_code error) {
  throw std::system_error(error, "corokit: RuntimeBuilder::dump_on_signal");
}

io::Descriptor checked(int descriptor) {
  if (descriptor < 0) throw_error({errno, std::system_category()});
  return io::Descriptor(descriptor);
}

void watch(const io::Descriptor& events, const io::Descriptor& watched, std::uint32_t kinds) {
  epoll_event event{};
  event.events = kinds;
  event.data.fd = watched.get();
  if (::epoll_ctl(events.get(), EPOLL_CTL_ADD, watched.get(), &event) < 0)
    throw_error({errno, std::system_category()});
}

}  // namespace

SignalDumper::SignalDumper(std::shared_ptr<RuntimeLink> link, int kind)
    : link_(std::move(link)),
      kind_(kind),
      stop_(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))),
      events_(checked(::epoll_create1(EPOLL_CLOEXEC))) {
  auto bell = io::listen_to_bell(kind);
  if (!bell) throw_error(bell.error());
  bell_ = *std::move(bell);
  seen_ = io::signals_of(kind);
  watch(events_, bell_, EPOLLIN | EPOLLET);
  watch(events_, stop_, EPOLLIN);
  thread_ = std::thread([this] { serve(); });
}

SignalDumper::~SignalDumper() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(stop_.get(), &one, sizeof one));
  thread_.join();
}

void SignalDumper::serve() {
  static_cast<void>(::pthread_setname_np(::pthread_self(), "corokit-dump"));
  for (;;) {
    epoll_event event{};
    if (::epoll_wait(events_.get(), &event, 1, -1) == 1 && event.data.fd == stop_.get()) return;
    // The wait may also end for a signal that came on this thread; the bell rings for it as well.
    const std::uint64_t count = io::signals_of(kind_);
    if (count != std::exchange(seen_, count)) print();
  }
}

void SignalDumper::print() const {
  if (link_->is_closed()) return;
  try {
    const RuntimeUse use(*link_);
    const std::string text = "corokit: " + dump_tasks(use.scheduler(), Clock::now()).to_string();
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  } catch (const std::bad_alloc&) {
    std::fputs("corokit: there is no memory for a dump of the tasks\n", stderr);
  }
}

}  // namespace corokit::detail
