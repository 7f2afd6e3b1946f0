#include <corokit/io/signal.hpp>
#include <corokit/runtime.hpp>
#include <corokit/runtime_builder.hpp>
#include <corokit/time/sleep.hpp>

#include <gtest/gtest.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <latch>
#include <stdexcept>
#include <string>
#include <thread>

#include "support/gate.hpp"
#include "support/run_until.hpp"

namespace corokit {
namespace {

using test::Gate;

/// What the process writes to stderr while it lives.
class Stderr {
 public:
  Stderr() : saved_(::dup(STDERR_FILENO)) {
    if (::pipe(ends_.data()) != 0) std::abort();
    ::dup2(ends_[1], STDERR_FILENO);
  }
  Stderr(const Stderr&) = delete;
  Stderr& operator=(const Stderr&) = delete;
  ~Stderr() {
    ::dup2(saved_, STDERR_FILENO);
    for (const int descriptor : {saved_, ends_[0], ends_[1]}) ::close(descriptor);
  }
  /// Reads until the text ends with `last`. Returns: all of it.
  std::string read_until(const std::string& last) const {
    std::string text;
    std::array<char, 256> some{};
    while (!text.ends_with(last)) {
      const ssize_t count = ::read(ends_[0], some.data(), some.size());
      if (count <= 0) break;
      text.append(some.data(), static_cast<std::size_t>(count));
    }
    return text;
  }

 private:
  int saved_;
  std::array<int, 2> ends_{};
};

Task<void> wait_at(Gate* gate) {
  co_await gate->wait();
}

Task<void> wait_until_it_waits(Gate* gate) {
  while (gate->waiting() == 0) co_await sleep(std::chrono::milliseconds(1));
}

TEST(DumpOnSignal, PrintsWhereTheTasksWait) {
  Gate gate;
  Runtime runtime = Runtime::builder().workers(2).dump_on_signal().build();
  const auto handle = runtime.spawn(wait_at(&gate), "Neo");
  runtime.block_on(wait_until_it_waits(&gate));
  const Stderr captured;
  for (int i = 0; i < 2; ++i) {
    ::raise(SIGUSR1);
    const std::string text = captured.read_until("s\n");
    EXPECT_TRUE(text.starts_with("corokit: 1 task")) << text;
    EXPECT_NE(text.find(" (Neo) "), std::string::npos) << text;
  }
}

TEST(DumpOnSignal, PrintsWhileAllWorkersAreStuck) {
  std::latch stuck(1);
  std::latch leave(1);
  const auto body = [](std::latch* enters, std::latch* until) -> Task<void> {
    enters->count_down();
    until->wait();
    co_return;
  };
  Runtime runtime = Runtime::builder().workers(1).dump_on_signal(SIGUSR2).build();
  const auto handle = runtime.spawn(body(&stuck, &leave), "Smith");
  stuck.wait();
  const Stderr captured;
  ::raise(SIGUSR2);
  const std::string text = captured.read_until(" (Smith) runs\n");
  EXPECT_TRUE(text.starts_with("corokit: 1 task: 1 runs\n")) << text;
  leave.count_down();
}

TEST(DumpOnSignal, LeavesTheSignalToOthersAsWell) {
  const auto body = [](const Stderr* captured) -> Task<bool> {
    auto signals = io::Signals::listen(SIGUSR1).value();
    ::raise(SIGUSR1);
    const bool came = (co_await signals.next()).has_value();
    co_return came && captured->read_until("\n").starts_with("corokit: 1 task");
  };
  Runtime runtime = Runtime::builder().current_thread().dump_on_signal().build();
  const Stderr captured;
  EXPECT_TRUE(runtime.block_on(body(&captured)));
}

TEST(DumpOnSignal, EachRuntimePrintsItsOwn) {
  Gate gate;
  Runtime first = Runtime::builder().current_thread().dump_on_signal().build();
  Runtime second = Runtime::builder().current_thread().dump_on_signal().build();
  first.spawn(wait_at(&gate), "Neo").detach();
  second.spawn(wait_at(&gate), "Trinity").detach();
  const Stderr captured;
  ::raise(SIGUSR1);
  std::string text = captured.read_until(" is ready\n");
  while (text.find("Neo") == std::string::npos || text.find("Trinity") == std::string::npos)
    text += captured.read_until(" is ready\n");
}

TEST(DumpOnSignal, TheSignalDoesNothingAfterTheEndOfTheRuntime) {
  { const Runtime runtime = Runtime::builder().workers(1).dump_on_signal().build(); }
  ::raise(SIGUSR1);  // it would end the process
}

TEST(DumpOnSignal, RefusesSignalsThatCannotBeHandled) {
  for (const int kind : {SIGKILL, SIGSTOP, SIGSEGV, 0, NSIG})
    EXPECT_THROW(Runtime::builder().dump_on_signal(kind), std::invalid_argument) << kind;
}

}  // namespace
}  // namespace corokit
