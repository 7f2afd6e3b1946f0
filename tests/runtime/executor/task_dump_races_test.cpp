// Dumps while tasks begin, wait, are woken and aborted, and end.
#include <corokit/handle.hpp>
#include <corokit/join.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/task_dump.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Gate;

using TaskDumpRaces = test::OnEachRuntime;
COROKIT_ON_EACH_RUNTIME(TaskDumpRaces);

Task<int> pass_on(mpsc::Receiver<int> from, mpsc::Sender<int> to) {
  int passed = 0;
  while (auto number = co_await from.recv()) {
    static_cast<void>(co_await to.send(*number));
    ++passed;
  }
  co_return passed;
}

Task<void> nap() {
  co_await select(timeout(1ms, sleep(50us)), sleep(1h));
}

/// Has tasks of all kinds begin, wait and end. Returns: how many messages went through all tasks of a chain.
Task<int> live(int rounds) {
  constexpr int kLength = 4;
  int came = 0;
  for (int round = 0; round < rounds; ++round) {
    auto first = mpsc::channel<int>(1);
    auto last = std::move(first.rx);
    std::vector<JoinHandle<int>> chain;
    for (int i = 0; i < kLength; ++i) {
      auto next = mpsc::channel<int>(1);
      chain.push_back(spawn(pass_on(std::move(last), std::move(next.tx)), "link"));
      last = std::move(next.rx);
    }
    auto aborted = spawn(nap());
    FuturesUnordered<Task<void>> naps;
    for (int i = 0; i < 3; ++i) naps.push(nap());
    static_cast<void>(co_await first.tx.send(round));
    const auto received = co_await last.recv();
    came += received ? 1 : 0;
    aborted.abort();
    { const auto gone = std::move(first.tx); }
    for (auto& link : chain) came += (co_await link).value();
    co_await join(naps.next(), aborted);
  }
  co_return came;
}

TEST_P(TaskDumpRaces, DumpsFromOtherThreadsDisturbNoTask) {
  const auto rounds = static_cast<int>(test::scaled(300));
  Runtime runtime = make();
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i)
    threads.emplace_back([&] {
      while (!stop) {
        const TaskDump dump = runtime.dump();
        std::set<TaskId> ids;
        for (const DumpedTask& task : dump.tasks) {
          EXPECT_TRUE(ids.insert(task.id).second);
          EXPECT_EQ(task.wait.has_value(), task.state == DumpedTask::State::waiting);
          EXPECT_TRUE(!task.wait || *task.wait->where);
        }
        EXPECT_FALSE(dump.to_string().empty());
      }
    });
  EXPECT_EQ(runtime.block_on(live(rounds)), rounds * 5);
  stop = true;
  for (std::thread& thread : threads) thread.join();
}

TEST_P(TaskDumpRaces, DumpsFromTasksDisturbNoTask) {
  const auto rounds = static_cast<int>(test::scaled(300));
  const auto body = [](int times) -> Task<int> {
    std::atomic<bool> stop{false};
    const auto look = [](std::atomic<bool>* until) -> Task<std::size_t> {
      std::size_t seen = 0;
      while (!until->load()) {
        seen += Handle::current().dump().tasks.size();
        co_await yield_now();
      }
      co_return seen;
    };
    auto one = spawn(look(&stop));
    auto two = spawn(look(&stop));
    auto lives = spawn(live(times));
    const int came = (co_await lives).value();
    stop = true;
    EXPECT_GT((co_await one).value(), 0u);
    EXPECT_GT((co_await two).value(), 0u);
    co_return came;
  };
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(body(rounds)), rounds * 5);
}

TEST_P(TaskDumpRaces, TheRuntimeMayEndMeanwhile) {
  const auto rounds = static_cast<int>(test::scaled(50));
  for (int round = 0; round < rounds; ++round) {
    Gate gate;
    Runtime runtime = make();
    for (int i = 0; i < 50; ++i)
      runtime.spawn([](Gate* of) -> Task<void> { co_await of->wait(); }(&gate), "waits").detach();
    std::thread looks([handle = runtime.handle()] {
      while (!handle.has_ended()) EXPECT_LE(handle.dump().tasks.size(), 50u);
      EXPECT_TRUE(handle.dump().tasks.empty());
    });
    EXPECT_TRUE(runtime.shutdown(1h));
    looks.join();
  }
}

}  // namespace
}  // namespace corokit
