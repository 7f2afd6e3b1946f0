// Tests where a runtime may live and be destroyed, and from where it may be used.
#include <corokit/runtime.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "support/at_exit.hpp"
#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::AtExit;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_later;
using test::wait_at;

class RuntimeLifetimeOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(RuntimeLifetimeOn);

Task<void> wait_and_spawn_at_exit(Gate* gate, Counted counted) {
  const auto respawn = [gate, counted] { spawn(wait_at(gate, counted)).detach(); };
  AtExit<decltype(respawn)> at_exit(respawn);
  co_await gate->wait();
}

// The end of a thread.

TEST_P(RuntimeLifetimeOn, MayBeAThreadLocal) {
  // Other thread-locals, such as the memory for frames, may be destroyed before the runtime or after it.
  for (const bool frames_first : {false, true}) {
    Census census;
    Gate never;
    std::thread owner([&] {
      if (frames_first) {
        EXPECT_EQ(block_on(give_later(1)), 1);
      }
      thread_local std::optional<Runtime> runtime;
      runtime.emplace(make());
      for (int i = 0; i < 10; ++i) {
        runtime->spawn(wait_at(&never, Counted(census))).detach();
        runtime->spawn(wait_and_spawn_at_exit(&never, Counted(census))).detach();
      }
      test::run_until(*runtime, [&] { return never.waiting() == 20; });
    });
    owner.join();
    EXPECT_EQ(census.alive, 0);
    EXPECT_EQ(never.waiting(), 0U);
  }
}

/// Opens a gate in its destructor.
struct OpensAtEnd {
  OpensAtEnd() = default;
  OpensAtEnd(const OpensAtEnd&) = delete;
  OpensAtEnd& operator=(const OpensAtEnd&) = delete;
  ~OpensAtEnd() {
    if (gate) gate->open();
  }
  Gate* gate = nullptr;
};

TEST_P(RuntimeLifetimeOn, AThreadLocalMayWakeItsTasks) {
  Runtime runtime = make();
  Census census;
  for (std::uint64_t i = 0; i < test::scaled(100); ++i) {
    Gate gate;
    std::thread ends([&gate] {
      thread_local OpensAtEnd opens;
      opens.gate = &gate;
    });
    runtime.block_on(wait_at(&gate, Counted(census)));
    ends.join();
  }
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeLifetimeOn, AThreadLocalOfAWorkerMayWakeItsTasks) {
  // The thread-locals of a worker are destroyed while the runtime is dropped.
  Census census;
  Gate gate;
  auto arm = [](Gate* at) -> Task<void> {
    thread_local OpensAtEnd opens;
    opens.gate = at;
    co_return;
  };
  std::thread owner([&] {
    Runtime runtime = make();
    for (int i = 0; i < 10; ++i) runtime.spawn(wait_at(&gate, Counted(census))).detach();
    test::run_until(runtime, [&] { return gate.waiting() == 10; });
    runtime.block_on(arm(&gate));
  });
  owner.join();
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(gate.waiting(), 0U);
}

// Two runtimes.

TEST_P(RuntimeLifetimeOn, ABlockingFunctionMayBlockOnAnotherRuntimeOrOnASleep) {
  auto body = [](Runtime* own) -> Task<int> {
    auto sleeps = spawn_blocking([own] {
      auto nap = []() -> Task<int> {
        co_await sleep(100us);
        co_return 1;
      };
      return own->block_on(nap());
    });
    auto elsewhere = spawn_blocking([] { return block_on(give_later(2)) + make().block_on(give_later(3)); });
    co_return *co_await sleeps + *co_await elsewhere;
  };
  Runtime runtime = make();
  EXPECT_EQ(runtime.block_on(body(&runtime)), 6);
}

TEST_P(RuntimeLifetimeOn, ATaskMayShutDownAnotherRuntime) {
  auto body = []() -> Task<bool> {
    Census census;
    Gate never;
    Runtime other = make();
    other.spawn(wait_at(&never, Counted(census))).detach();
    const bool ended = other.shutdown(Duration::max());
    Runtime left = make();
    static_cast<void>(left.shutdown(Duration::zero()));  // it may end in the background
    co_return (ended && census.alive == 0);
  };
  Runtime runtime = make();
  EXPECT_TRUE(runtime.block_on(body()));
}

TEST_P(RuntimeLifetimeOn, MessagesGoFromOneRuntimeToAnotherAndBack) {
  auto answer = [](mpsc::Receiver<int> rx, mpsc::Sender<int> tx) -> Task<void> {
    while (const auto number = co_await rx.recv()) static_cast<void>(co_await tx.send(*number + 1));
  };
  auto ask = [](mpsc::Sender<int> tx, mpsc::Receiver<int> rx, int rounds) -> Task<int> {
    int number = 0;
    for (int i = 0; i < rounds; ++i) {
      static_cast<void>(co_await tx.send(number));
      const auto answered = co_await rx.recv();
      number = *answered;
    }
    co_return number;
  };
  const int rounds = static_cast<int>(test::scaled(1000));
  Runtime here = make();
  Runtime there = Runtime::multi_thread(2);
  auto [tx, rx] = mpsc::channel<int>(1);
  auto [back_tx, back_rx] = mpsc::channel<int>(1);
  there.spawn(answer(std::move(rx), std::move(back_tx))).detach();
  EXPECT_EQ(here.block_on(ask(std::move(tx), std::move(back_rx), rounds)), rounds);
}

}  // namespace
}  // namespace corokit
