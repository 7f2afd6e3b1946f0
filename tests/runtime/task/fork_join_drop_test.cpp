// Drops a fork_join() while its tasks wait, are queued, or run on other threads: nothing of them is left once the
// caller's frame is destroyed, which they borrow from.
#include <corokit/explore_test.hpp>
#include <corokit/fork_join.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <chrono>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;

using ForkJoinDropOn = test::OnEachRuntime;

/// What a task borrows from its caller: a task that looks at it later than it may is seen.
class Lent {
 public:
  Lent() = default;
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;
  ~Lent() { alive_ = false; }
  void use() const { EXPECT_TRUE(alive_) << "a task has outlived what it borrows"; }

 private:
  std::atomic<bool> alive_{true};
};
class Borrows {
 public:
  Borrows(const Lent& lent, Census& census) : lent_(&lent), counted_(census) {}
  Borrows(Borrows&& other) noexcept : lent_(std::exchange(other.lent_, nullptr)), counted_(other.counted_) {}
  ~Borrows() {
    if (lent_) lent_->use();
  }

 private:
  const Lent* lent_;
  Counted counted_;
};

Task<int> wait_at(Gate* gate, Borrows) {
  co_await gate->wait();
  co_return 1;
}

/// A tree of forks, of which each leaf waits at a gate.
Task<int> tree(int depth, Gate* gate, Census& census) {
  const Lent lent;
  if (depth == 0) co_return co_await wait_at(gate, Borrows(lent, census));
  const auto [left, middle, right] = co_await fork_join(
      tree(depth - 1, gate, census), wait_at(gate, Borrows(lent, census)), tree(depth - 1, gate, census));
  co_return left + middle + right;
}

Task<void> sleep_for_ever() {
  co_await sleep(Duration::max());
}

constexpr int kLeaves = 7;  // of a tree of depth 2

Task<void> until_all_wait(Gate& gate, std::size_t count) {
  while (gate.waiting() < count) co_await yield_now();
}

TEST_P(ForkJoinDropOn, AnAbortDropsTasksThatWait) {
  Runtime runtime = make();
  const auto program = [](Census& census) -> Task<int> {
    Gate gate;
    auto handle = spawn(tree(2, &gate, census));
    co_await until_all_wait(gate, kLeaves);
    handle.abort();
    const auto joined = co_await handle;
    EXPECT_FALSE(joined.has_value());
    co_return static_cast<int>(gate.waiting()) + census.alive;
  };
  Census census;
  for (int i = 0; i < 50; ++i) EXPECT_EQ(runtime.block_on(program(census)), 0);
}

TEST_P(ForkJoinDropOn, AnAbortDropsTasksThatWereWokenAndAreQueued) {
  Runtime runtime = make();
  const auto program = [](Census& census) -> Task<int> {
    Gate gate;
    auto handle = spawn(tree(2, &gate, census));
    co_await until_all_wait(gate, kLeaves);
    handle.abort();  // its turn comes first, or that of a task that the gate wakes
    gate.open();
    static_cast<void>(co_await handle);
    co_return census.alive;
  };
  Census census;
  for (int i = 0; i < 200; ++i) EXPECT_EQ(runtime.block_on(program(census)), 0);
}

TEST_P(ForkJoinDropOn, ATimeoutDropsTheTasksBeforeTheCallerGoesOn) {
  Runtime runtime = make();
  const auto program = [](Census& census) -> Task<int> {
    Gate gate;
    const Lent lent;
    const auto limited =
        co_await timeout(1ms, fork_join(wait_at(&gate, Borrows(lent, census)), tree(1, &gate, census),
                                        wait_at(&gate, Borrows(lent, census))));
    EXPECT_FALSE(limited.has_value());
    co_return static_cast<int>(gate.waiting()) + census.alive;
  };
  Census census;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(runtime.block_on(program(census)), 0);
}

TEST_P(ForkJoinDropOn, ADeepTreeIsDroppedWithoutStack) {
  Runtime runtime = make();
  constexpr std::size_t kDepth = 50'000;
  struct Deep {
    static Task<void> link(std::size_t depth, Gate* never, Census& census, std::atomic<std::size_t>& begun) {
      const Lent lent;
      ++begun;
      const auto wait = [](Gate* gate, Borrows) -> Task<void> { co_await gate->wait(); };
      if (depth == 0) co_return co_await wait(never, Borrows(lent, census));
      co_await fork_join(wait(never, Borrows(lent, census)), link(depth - 1, never, census, begun));
    }
  };
  const auto program = [](Gate* never, Census& census) -> Task<void> {
    std::atomic<std::size_t> begun{0};
    auto handle = spawn(Deep::link(kDepth, never, census, begun));
    while (begun <= kDepth) co_await yield_now();
    handle.abort();
    static_cast<void>(co_await handle);
  };
  Census census;
  Gate never;
  runtime.block_on(program(&never, census));
  EXPECT_EQ(census.alive, 0);
}

TEST(ForkJoinDrop, OperandsThatForkAreDroppedWithoutStackHoweverDeepTheyNest) {
  struct Deep {
    static Task<void> link(int depth, Gate* never) {
      if (depth == 0) co_return co_await never->wait();
      static_cast<void>(
          co_await select(fork_join(link(depth - 1, never), never_wakes(never)), never->wait()));
    }
    static Task<void> never_wakes(Gate* never) { co_await never->wait(); }
  };
  Gate never;
  const auto program = [](Gate* gate) -> Task<void> {
    auto handle = spawn(Deep::link(20'000, gate));
    co_await until_all_wait(*gate, 1);
    for (int i = 0; i < 10; ++i) co_await yield_now();
    handle.abort();
    static_cast<void>(co_await handle);
  };
  Runtime::current_thread().block_on(program(&never));
  EXPECT_EQ(never.waiting(), 0u);
}

TEST_P(ForkJoinDropOn, OneThatIsNotBegunIsDroppedAsItIs) {
  Runtime runtime = make();
  const auto program = [](Census& census) -> Task<int> {
    Gate gate;
    const Lent lent;
    {
      const auto wait =
          fork_join(wait_at(&gate, Borrows(lent, census)), wait_at(&gate, Borrows(lent, census)));
      EXPECT_EQ(census.alive, 2);
    }
    std::vector<Task<int>> tasks;
    tasks.push_back(wait_at(&gate, Borrows(lent, census)));
    { const auto wait = fork_join(std::move(tasks)); }
    co_return census.alive;
  };
  Census census;
  EXPECT_EQ(runtime.block_on(program(census)), 0);
}

Task<void> joined(JoinHandle<void> handle) {
  static_cast<void>(co_await handle);
}

TEST(ForkJoinDropOnThreads, TheDropWaitsForATaskThatRuns) {
  // The task runs until it has been seen that the drop does not end before it.
  struct Shared {
    std::atomic<bool> runs{false}, drops{false}, let_go{false};
  };
  const auto busy = [](Shared& shared, Borrows) -> Task<void> {
    shared.runs = true;
    while (!shared.let_go) std::this_thread::yield();
    co_return;
  };
  const auto program = [busy](Shared& shared, Census& census) -> Task<void> {
    const Lent lent;
    const auto first = [](Shared& seen) -> Task<void> {
      while (!seen.runs) co_await yield_now();
      seen.drops = true;
    };
    co_await select(first(shared), fork_join(sleep_for_ever(), busy(shared, Borrows(lent, census))));
    EXPECT_TRUE(shared.let_go) << "the select ended while the task still ran";
  };
  Runtime runtime = Runtime::multi_thread(4);
  for (int i = 0; i < 50; ++i) {
    Shared shared;
    Census census;
    auto handle = runtime.spawn(program(shared, census));
    while (!shared.drops) std::this_thread::yield();
    for (int j = 0; j < 100; ++j) std::this_thread::yield();
    EXPECT_FALSE(handle.is_finished());
    shared.let_go = true;
    static_cast<void>(runtime.block_on(joined(std::move(handle))));
    EXPECT_EQ(census.alive, 0);
  }
}

TEST_P(ForkJoinDropOn, TheEndOfTheRuntimeDropsAllTasks) {
  for (int i = 0; i < 50; ++i) {
    Census census;
    Gate gate;
    {
      Runtime runtime = make();
      std::vector<JoinHandle<int>> handles;
      for (int j = 0; j < 4; ++j) handles.push_back(runtime.spawn(tree(3, &gate, census)));
      runtime.block_on([](Gate& waited_at) -> Task<void> { co_await until_all_wait(waited_at, 5); }(gate));
      if (i % 2 == 0) gate.open();
    }
    EXPECT_EQ(census.alive, 0);
    EXPECT_EQ(gate.waiting(), 0U);
  }
}

TEST_P(ForkJoinDropOn, NoTaskGoesOnOnceTheRuntimeEnds) {
  const auto wait = [](std::atomic<bool>& over, Gate* gate, Counted) -> Task<void> {
    co_await gate->wait();
    EXPECT_FALSE(over.load());
  };
  const auto root = [wait](std::atomic<bool>& over, Gate* never, Gate* gate, Census& census) -> Task<void> {
    co_await fork_join(wait(over, never, Counted(census)), wait(over, gate, Counted(census)),
                       wait(over, gate, Counted(census)));
  };
  for (int i = 0; i < 50; ++i) {
    Census census;
    Gate never, gate;
    std::atomic<bool> over{false};
    std::optional<Runtime> runtime(make());
    for (int j = 0; j < 8; ++j) runtime->spawn(root(over, &never, &gate, census)).detach();
    runtime->block_on([](Gate& waited_at) -> Task<void> { co_await until_all_wait(waited_at, 16); }(gate));
    over = !has_workers();  // a runtime without threads runs nothing from here on
    gate.open();
    runtime.reset();
    EXPECT_EQ(census.alive, 0);
  }
}

/// A random tree of forks, of which each task yields, sleeps, waits for a permit, or fails.
class RandomTree {
 public:
  explicit RandomTree(unsigned seed, Census& census) : random_(seed), census_(census) {}

  Task<int> grow(int depth) {
    const unsigned what = random_() % 8;
    return node(depth, what);
  }

 private:
  Task<int> node(int depth, unsigned what) {
    const Lent lent;
    const Borrows own(lent, census_);
    switch (what) {
      case 0:
        co_await yield_now();
        break;
      case 1:
        co_await sleep(std::chrono::microseconds(50));
        break;
      case 2: {
        const auto permit = co_await permits_.acquire();
        co_await yield_now();
        break;
      }
      case 3:
        if (depth < 2) throw std::runtime_error("a task fails");
        break;
      default:
        break;
    }
    if (depth == 0) co_return 1;
    std::vector<Task<int>> below;
    for (unsigned i = 0; i <= what % 4; ++i) below.push_back(node(depth - 1, (what * 5 + i * 3 + 1) % 8));
    if (what == 5) {
      const auto limited = co_await timeout(std::chrono::microseconds(20), fork_join(std::move(below)));
      co_return limited.has_value() ? 1 : 0;
    }
    int sum = 0;
    for (const int one : co_await fork_join(std::move(below))) sum += one;
    co_return sum;
  }

  std::minstd_rand random_;
  Census& census_;
  Semaphore permits_{2};
};

TEST_P(ForkJoinDropOn, RandomTreesAreAbortedAtAnyMoment) {
  Runtime runtime = make();
  Census census;
  const auto program = [](unsigned seed, Census& counts) -> Task<void> {
    RandomTree root(seed, counts);
    std::minstd_rand random(seed);
    std::vector<JoinHandle<int>> handles;
    for (int i = 0; i < 4; ++i) handles.push_back(spawn(root.grow(5)));
    for (unsigned turns = random() % 64; turns > 0; --turns) co_await yield_now();
    for (const auto& handle : handles)
      if (random() % 2 == 0) handle.abort();
    for (auto& handle : handles) static_cast<void>(co_await handle);
  };
  for (unsigned seed = 1; seed <= 150; ++seed) {
    runtime.block_on(program(seed, census));
    ASSERT_EQ(census.alive, 0) << "seed " << seed;
  }
}

COROKIT_ON_EACH_RUNTIME(ForkJoinDropOn);

}  // namespace
}  // namespace corokit
