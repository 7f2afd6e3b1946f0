// Drops a runtime while other threads wake, abort, join and detach its tasks.
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <deque>
#include <future>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;

constexpr int kTasks = 20;

Task<void> wait_at(Gate* gate, Counted) {
  co_await gate->wait();
  co_await yield_now();
}

class DropRaceOn : public test::OnEachRuntime {
 protected:
  /// The number of rounds. It is lower for many workers, because starting their threads takes most of a round.
  static std::uint64_t rounds() { return test::scaled(GetParam().workers > 2 ? 50 : 300); }

  /// Starts tasks that wait, then drops their runtime while another thread runs `meddle`.
  template <class F>
  void race(F meddle) {
    for (std::uint64_t round = 0; round < rounds(); ++round) {
      Census census;
      std::deque<Gate> gates(kTasks);
      std::vector<JoinHandle<void>> handles;
      std::optional<Runtime> runtime(make());
      for (Gate& gate : gates) handles.push_back(runtime->spawn(wait_at(&gate, Counted(census))));
      if (round % 2 == 0) test::run_until(*runtime, [&] { return gates.back().waiting() == 1; });
      std::atomic<bool> go{false};
      std::thread other([&] {
        while (!go.load()) std::this_thread::yield();
        meddle(gates, handles);
      });
      go.store(true);
      runtime.reset();
      ASSERT_EQ(census.alive, 0);
      for (Gate& gate : gates) ASSERT_EQ(gate.waiting(), 0u);
      other.join();
      for (auto& handle : handles) ASSERT_TRUE(handle.is_finished());
    }
  }
};
COROKIT_ON_EACH_RUNTIME(DropRaceOn);

TEST_P(DropRaceOn, AgainstWakes) {
  race([](std::deque<Gate>& gates, std::vector<JoinHandle<void>>&) {
    for (Gate& gate : gates) gate.open();
  });
}

TEST_P(DropRaceOn, AgainstAborts) {
  race([](std::deque<Gate>&, std::vector<JoinHandle<void>>& handles) {
    for (auto& handle : handles) handle.abort();
  });
}

TEST_P(DropRaceOn, AgainstWakesAndAborts) {
  race([](std::deque<Gate>& gates, std::vector<JoinHandle<void>>& handles) {
    for (std::size_t i = 0; i < gates.size(); ++i) {
      handles[gates.size() - 1 - i].abort();
      gates[i].open();
    }
  });
}

TEST_P(DropRaceOn, AgainstHandlesThatAreDropped) {
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    Census census;
    Gate gate;
    auto hold = [](Gate* at, Counted counted) -> Task<Counted> {
      co_await at->wait();
      co_return counted;
    };
    std::vector<JoinHandle<Counted>> handles;
    std::optional<Runtime> runtime(make());
    for (int i = 0; i < kTasks; ++i) handles.push_back(runtime->spawn(hold(&gate, Counted(census))));
    std::thread other([&] {
      gate.open();
      handles.clear();
    });
    runtime.reset();
    other.join();
    ASSERT_EQ(census.alive, 0);
  }
}

TEST_P(DropRaceOn, AgainstAnotherRuntimeThatJoinsItsTasks) {
  Runtime there = Runtime::multi_thread(2);
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    Census census;
    Gate gate;
    std::optional<Runtime> runtime(make());
    auto join = [](JoinHandle<void> handle, std::promise<void> done) -> Task<void> {
      co_await select(handle, sleep(1h));
      done.set_value();
    };
    std::vector<std::future<void>> joined;
    for (int i = 0; i < kTasks; ++i) {
      std::promise<void> done;
      joined.push_back(done.get_future());
      there.spawn(join(runtime->spawn(wait_at(&gate, Counted(census))), std::move(done))).detach();
    }
    runtime.reset();
    for (auto& future : joined) future.wait();  // each of them has a result
    ASSERT_EQ(census.alive, 0);
  }
}

TEST_P(DropRaceOn, OfARuntimeThatWaitsForTasksOfAnother) {
  Runtime there = Runtime::multi_thread(2);
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    Census census;
    std::optional<Runtime> runtime(make());
    auto work = [](Counted) -> Task<void> { co_await yield_now(); };
    auto join = [](JoinHandle<void> handle, Counted) -> Task<void> { co_await handle; };
    for (int i = 0; i < kTasks; ++i)
      runtime->spawn(join(there.spawn(work(Counted(census))), Counted(census))).detach();
    runtime.reset();
    test::run_until(there, [&] { return census.alive == 0; });
  }
}

TEST_P(DropRaceOn, AgainstItsOwnTimers) {
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    Census census;
    auto nap = [](int i, Counted) -> Task<void> {
      for (;;) co_await sleep(std::chrono::microseconds(10 * i));
    };
    Runtime runtime = make();
    for (int i = 0; i < kTasks; ++i) runtime.spawn(nap(i + 1, Counted(census))).detach();
    test::run_until(runtime, [&] { return true; });
    runtime = make();
    ASSERT_EQ(census.alive, 0);
  }
}

TEST_P(DropRaceOn, AgainstTasksThatSpawn) {
  auto spawn_for_ever = [](Counted counted) -> Task<void> {
    auto child = [](Counted) -> Task<void> { co_await yield_now(); };
    for (;;) {
      spawn(child(counted)).detach();
      co_await yield_now();
    }
  };
  for (std::uint64_t round = 0; round < rounds() / 3; ++round) {
    Census census;
    {
      Runtime runtime = make();
      for (int i = 0; i < 4; ++i) runtime.spawn(spawn_for_ever(Counted(census))).detach();
      if (round % 2 == 0) test::run_until(runtime, [&] { return census.made > 20; });
    }
    ASSERT_EQ(census.alive, 0);
  }
}

TEST_P(DropRaceOn, AgainstJobsThatSpawn) {
  for (std::uint64_t round = 0; round < 5; ++round) {
    Census census;
    Gate gate;
    std::atomic<int> refused{0};
    {
      Runtime runtime = make();
      std::atomic<int> running{0};
      for (int i = 0; i < 4; ++i)
        runtime
            .spawn_blocking([&] {
              running.fetch_add(1);
              JoinSet<void> set;
              for (bool open = true; open;) {
                set.spawn(wait_at(&gate, Counted(census)));
                open = !spawn(wait_at(&gate, Counted(census))).is_finished();
              }
              refused.fetch_add(1);
            })
            .detach();
      while (running.load() != 4) std::this_thread::yield();
    }
    ASSERT_EQ(refused, 4);
    ASSERT_EQ(census.alive, 0);
  }
}

}  // namespace
}  // namespace corokit
