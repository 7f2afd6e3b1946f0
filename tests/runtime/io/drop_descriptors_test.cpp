// Drops operations of I/O on descriptors of the system after each of their steps: no descriptor, process or frame is left
// behind, and what the operation waited for is there for the next one. drop_everywhere_io_test.cpp does the same on all
// schedules of a simulation.
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/yield.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <array>
#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "io/orphans.hpp"
#include "io/signal_bell.hpp"
#include "support/gate.hpp"
#include "support/manual_executor.hpp"
#include "support/on_each_runtime.hpp"
#include "support/open_descriptors.hpp"
#include "support/ready_io.hpp"

namespace corokit::test {
namespace {

enum class DropBy { abort, select };

Task<void> hold(Task<int> operation, Gate* other, DropBy how, bool* got) {
  if (how == DropBy::abort) {
    static_cast<void>(co_await std::move(operation));
    *got = true;
    co_return;
  }
  const auto first = co_await select(biased, other->wait(), std::move(operation));
  *got = first.index() == 1;
}

/// An operation that is dropped.
class Victim {
 public:
  Victim(ManualExecutor& executor, Task<int> operation, DropBy how)
      : executor_(executor),
        how_(how),
        handle_(detail::spawn_on(executor, hold(std::move(operation), &other_, how, &got_))) {}
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  ~Victim() { drop(); }

  /// Returns: whether the operation has given its result: it may have done so before it could be dropped.
  bool drop() {
    if (how_ == DropBy::abort) handle_.abort();
    if (how_ == DropBy::select) other_.open();
    executor_.run_all();
    EXPECT_TRUE(handle_.is_finished());
    return got_;
  }
  bool is_over() const { return got_; }
  void run_a_turn() {
    if (executor_.is_scheduled(handle_.cell())) executor_.run(handle_.cell());
  }

 private:
  ManualExecutor& executor_;
  DropBy how_;
  Gate other_;
  bool got_ = false;
  JoinHandle<void> handle_;
};

/// Makes what stays until the process ends. Returns: how many descriptors there are.
std::size_t descriptors_before() {
  for (const int kind : {SIGUSR1, SIGINT, SIGCHLD}) static_cast<void>(io::listen_to_bell(kind).value());
  return open_descriptors();
}

/// Waits until every process that was started is gone: those that were dropped are killed.
void wait_for_orphans() {
  siginfo_t info{};
  while (::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) == 0) io::detail::reap_orphans();
}

class DropsIo : public ::testing::TestWithParam<DropBy> {};

// With a budget of one, a task gives way before each of its awaits.
TEST_P(DropsIo, WhatIsReadyLeavesNothingBehind) {
  const std::size_t before = descriptors_before();
  for (const ReadyIoOperation& operation : ready_io_operations()) {
    bool over = false;
    for (int turns = 0; !over; ++turns) {
      ASSERT_LT(turns, 100) << operation.name;
      {
        ManualExecutor executor;
        executor.set_budget(1);
        const detail::EnterContext entered(executor.context());
        ReadyIo io;
        Victim victim(executor, operation.make(io), GetParam());
        for (int turn = 0; turn < turns; ++turn) victim.run_a_turn();
        over = victim.is_over();
      }
      wait_for_orphans();
      EXPECT_EQ(open_descriptors(), before) << operation.name << ", turn " << turns;
    }
  }
}

/// An operation that waits until `fire()` is called; then it, or the next one that `operate()` makes, is over.
struct Waiting {
  std::function<Task<int>()> operate;
  std::function<void()> fire = [] {};
  bool each_needs_it = false;  // what fire() does is for operations that have begun
};

struct WaitingOperation {
  const char* name;
  std::function<Waiting(ReadyIo&)> make;
};

Waiting waits_to_read(ReadyIo& p) {
  auto& [ours, theirs] = p.keep(io::UnixStream::pair().value());
  return {[&p, &ours = ours] { return one_after(ours.read(p.room)); },
          [&theirs = theirs] { static_cast<void>(theirs.try_write("x").value()); }};
}

Waiting waits_to_write(ReadyIo& p) {
  auto& [ours, theirs] = p.keep(io::make_pipe().value());
  const std::string much(65'536, 'x');
  while (theirs.try_write(much)) {
  }
  return {[&theirs = theirs] { return one_after(theirs.write("x")); },
          [&ours = ours] {
            std::string room(65'536, ' ');
            static_cast<void>(ours.try_read(room).value());
          }};
}

template <class Listener>
Waiting waits_to_accept(Listener& listener, std::function<void()> connect) {
  return {[&listener] { return one_after(listener.accept()); }, std::move(connect)};
}

Waiting waits_for_a_datagram(ReadyIo& p) {
  auto& socket = p.keep(io::UdpSocket::bind(io::SocketAddress::loopback(0)).value());
  return {[&p, &socket] { return one_after(socket.receive_from(p.room)); },
          [&socket] {
            const io::SocketAddress self = socket.local_address().value();
            EXPECT_EQ(::sendto(socket.descriptor(), "x", 1, 0, self.get(), self.size()), 1);
          }};
}

Waiting waits_for_an_event(ReadyIo& p) {
  auto& counter = p.keep(io::AsyncFd::make(io::Descriptor(::eventfd(0, EFD_CLOEXEC))).value());
  const auto take = [&counter] {
    std::uint64_t count = 0;
    return ::read(counter.get(), &count, sizeof count);
  };
  return {[&counter, take] { return one_after(counter.read_with(take)); },
          [&counter] { EXPECT_EQ(::eventfd_write(counter.get(), 1), 0); }};
}

Waiting waits_for_a_signal(ReadyIo& p) {
  auto& signals = p.keep(io::Signals::listen(SIGUSR1).value());
  return {[&signals] { return one_after(signals.next()); }, [] { ::raise(SIGUSR1); }};
}

void wait_for_an_end() {
  siginfo_t info{};
  EXPECT_EQ(::waitid(P_ALL, 0, &info, WEXITED | WNOWAIT), 0);
}

/// A command whose process ends once it has read a line. A line is for one process.
template <class Run>
Waiting waits_for_a_command(ReadyIo& p, Run run) {
  std::array<int, 2> ends{-1, -1};
  EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const auto& lines = p.keep(std::pair(io::Descriptor(ends[0]), io::Descriptor(ends[1])));
  io::Command shell("/bin/sh");
  shell.arg("-c").arg("read -r line <&3").inherit(lines.first.get(), 3);
  auto& command = p.keep(std::move(shell));
  return {[&command, run] { return one_after(run(command)); },
          [&lines] {
            EXPECT_EQ(::write(lines.second.get(), "\n", 1), 1);
            wait_for_an_end();
          },
          true};
}

Waiting waits_for_a_child(ReadyIo& p) {
  io::Command command("sleep");
  auto& child = p.keep(command.arg("1000").out(io::Command::Stdio::pipe).spawn().value());
  return {[&child] { return one_after(child.wait()); },
          [&child] {
            child.kill().value();
            wait_for_an_end();
          }};
}

Task<int> move_bytes_of(std::string path) {
  io::File file = (co_await io::File::open(path, io::File::Mode::update)).value();
  const auto put = co_await file.write("other");
  EXPECT_EQ(put, 5u);
  const auto synced = co_await file.sync();
  EXPECT_TRUE(synced);
  file.seek(0);
  std::array<char, 5> room{};
  const auto got = co_await file.read(room);
  EXPECT_EQ(got, 5u);
  EXPECT_EQ(std::string(room.data(), 5), "other");
  co_return 1;
}

std::vector<WaitingOperation> waiting_operations() {
  const auto plain = [](
                         auto operate, std::function<void()> fire = [] {}, bool each_needs_it = false) {
    return [=](ReadyIo& p) -> Waiting {
      return {[operate, &p] { return one_after(operate(p)); }, fire, each_needs_it};
    };
  };
  return {
      {"ReadHalf::read", &waits_to_read},
      {"WriteHalf::write", &waits_to_write},
      {"TcpListener::accept",
       [](ReadyIo& p) {
         auto& listener = p.keep(io::TcpListener::bind(io::SocketAddress::loopback(0)).value());
         return waits_to_accept(listener, [&] {
           const io::SocketAddress address = listener.local_address().value();
           p.connect(address.family(), address.get(), address.size());
         });
       }},
      {"TcpStream::connect",
       [](ReadyIo& p) -> Waiting {
         auto& listener = p.keep(io::TcpListener::bind(io::SocketAddress::loopback(0)).value());
         return {[address = listener.local_address().value()] {
           return one_after(io::TcpStream::connect(address));
         }};
       }},
      {"UnixStream::connect",
       [](ReadyIo& p) -> Waiting {
         const std::string path = p.path();
         p.keep(io::UnixListener::bind(path).value());
         return {[path] { return one_after(io::UnixStream::connect(path)); }};
       }},
      {"UdpSocket::receive_from", &waits_for_a_datagram},
      {"AsyncFd::read_with", &waits_for_an_event},
      {"Signals::next", &waits_for_a_signal},
      {"ctrl_c", plain([](ReadyIo&) { return io::ctrl_c(); }, [] { ::raise(SIGINT); }, true)},
      {"Child::wait", &waits_for_a_child},
      {"Command::status",
       [](ReadyIo& p) { return waits_for_a_command(p, [](auto& command) { return command.status(); }); }},
      {"Command::output",
       [](ReadyIo& p) { return waits_for_a_command(p, [](auto& command) { return command.output(); }); }},
      {"File",
       [](ReadyIo& p) -> Waiting {
         const std::string path = p.path();
         const io::Descriptor made(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
         return {[path] { return move_bytes_of(path); }};
       }},
      {"write_file", plain([](ReadyIo& p) { return io::write_file(p.path(), "text"); })},
      {"read_file", plain([](ReadyIo&) { return io::read_file("/dev/null"); })},
      {"resolve", plain([](ReadyIo&) { return io::resolve("127.0.0.1", 80); })},
  };
}

/// Drops an operation after `steps` of its steps. Returns: whether it was over before that.
bool drop_after(const WaitingOperation& operation, int steps, DropBy how) {
  ManualExecutor executor;
  executor.hold_blocking();
  const detail::EnterContext entered(executor.context());
  ReadyIo io;
  const Waiting waiting = operation.make(io);
  const auto let_it_come = [&executor] {
    executor.look_at_io();
    executor.run_blocking();
  };
  bool over = false;
  bool got = false;
  bool fired = false;
  {
    Victim victim(executor, waiting.operate(), how);
    for (int step = 0; step < steps; ++step) {
      if (step % 2 == 0) {
        executor.run_all();
        EXPECT_FALSE(step == 0 && victim.is_over()) << operation.name << " does not wait";
        continue;
      }
      if (!std::exchange(fired, true)) waiting.fire();
      let_it_come();
    }
    over = victim.is_over();
    got = victim.drop();
  }
  const std::size_t schedules = executor.schedules();
  if (!fired && !waiting.each_needs_it) waiting.fire();
  let_it_come();
  EXPECT_EQ(executor.schedules(), schedules) << operation.name << ": what was dropped is woken";
  if (got && !waiting.each_needs_it) return over;  // it has what there was
  if (waiting.each_needs_it) wait_for_orphans();
  Victim next(executor, waiting.operate(), how);
  for (int round = 0; round < 10 && !next.is_over(); ++round) {
    executor.run_all();
    if (round == 0 && waiting.each_needs_it) waiting.fire();
    let_it_come();
  }
  EXPECT_TRUE(next.is_over()) << operation.name << ": what it waited for is lost, after step " << steps;
  return over;
}

TEST_P(DropsIo, WhatWaitsLeavesAllToTheNext) {
  const std::size_t before = descriptors_before();
  for (const WaitingOperation& operation : waiting_operations()) {
    bool over = false;
    for (int steps = 0; !over; ++steps) {
      ASSERT_LT(steps, 40) << operation.name;
      over = drop_after(operation, steps, GetParam());
      wait_for_orphans();
      EXPECT_EQ(open_descriptors(), before) << operation.name << ", step " << steps;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Each, DropsIo, ::testing::Values(DropBy::abort, DropBy::select),
                         [](const auto& which) {
                           return which.param == DropBy::abort ? "ByAbort" : "BySelect";
                         });

using DropsIoOn = OnEachRuntime;

Task<void> read_one(io::PipeReader* from, int* count) {
  char byte = 0;
  const auto got = co_await from->read({&byte, 1});
  if (got == 1u) ++*count;
}

Task<void> write_one(io::PipeWriter* to) {
  const auto put = co_await to->write("x");
  EXPECT_EQ(put, 1u);
}

TEST_P(DropsIoOn, AnAbortThatMeetsTheEventLosesNothing) {
  Runtime runtime = make();
  const auto program = []() -> Task<void> {
    for (int round = 0; round < 300; ++round) {
      auto pipe = io::make_pipe().value();
      int count = 0;
      JoinHandle<void> reading = spawn(read_one(&pipe.first, &count));
      JoinHandle<void> writing = spawn(write_one(&pipe.second));
      for (int turns = round % 4; turns > 0; --turns) co_await yield_now();
      reading.abort();
      static_cast<void>(co_await reading);
      const auto written = co_await writing;
      EXPECT_TRUE(written);
      char byte = 0;
      if (pipe.first.try_read({&byte, 1})) ++count;
      EXPECT_EQ(count, 1) << "round " << round;
    }
  };
  runtime.block_on(program());
}

COROKIT_ON_EACH_RUNTIME(DropsIoOn);

}  // namespace
}  // namespace corokit::test
