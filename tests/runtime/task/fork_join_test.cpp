#include <corokit/explore_test.hpp>
#include <corokit/fork_join.hpp>
#include <corokit/join.hpp>
#include <corokit/pin.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task_local.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unconstrained.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using test::Census;
using test::Counted;
using test::Gate;

using ForkJoinOn = test::OnEachRuntime;

Task<std::string> text(const char* what) {
  co_return what;
}
Task<std::unique_ptr<int>> owned(int value) {
  co_return std::make_unique<int>(value);
}
Task<int> fail(std::string what, int turns) {
  for (; turns > 0; --turns) co_await yield_now();
  throw std::runtime_error(what);
}
Task<int> add_later(std::atomic<int>& sum, int value, int turns, Counted) {
  for (; turns > 0; --turns) co_await yield_now();
  sum += value;
  co_return value;
}
Task<std::uint64_t> fib(unsigned n) {
  if (n < 2) co_return n;
  const auto [left, right] = co_await fork_join(fib(n - 1), fib(n - 2));
  co_return left + right;
}

TEST_P(ForkJoinOn, GivesTheValuesInTheOrderOfTheTasks) {
  Runtime runtime = make();
  const auto program = []() -> Task<std::string> {
    auto [number, nothing, words, box] =
        co_await fork_join(test::give_later(7), test::nothing(), text("seven"), owned(8));
    static_assert(std::is_same_v<decltype(nothing), Unit>);
    co_return std::to_string(number) + words + std::to_string(*box);
  };
  for (int i = 0; i < 50; ++i) EXPECT_EQ(runtime.block_on(program()), "7seven8");
}

TEST_P(ForkJoinOn, TakesAnyNumberOfTasks) {
  Runtime runtime = make();
  const auto program = [](int count) -> Task<std::vector<int>> {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < count; ++i) tasks.push_back(test::give_later(i));
    co_return co_await fork_join(std::move(tasks));
  };
  for (const int count : {0, 1, 2, 255, 256, 257, 258, 3'000}) {
    std::vector<int> expected(static_cast<std::size_t>(count));
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(runtime.block_on(program(count)), expected);
  }
}

TEST_P(ForkJoinOn, TasksBorrowWhatTheCallerOwns) {
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    std::vector<int> numbers(1'000, 1);
    const auto set = [](int& number, int value) -> Task<void> {
      number = value;
      co_return;
    };
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 1'000; ++i) tasks.push_back(set(numbers[static_cast<std::size_t>(i)], i));
    co_await fork_join(std::move(tasks));
    co_return std::accumulate(numbers.begin(), numbers.end(), 0);
  };
  EXPECT_EQ(runtime.block_on(program()), 499'500);
}

TEST_P(ForkJoinOn, DividesAndConquers) {
  Runtime runtime = make();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(runtime.block_on(fib(16)), 987);
}

TEST_P(ForkJoinOn, ManyRootsDivideAtOnce) {
  Runtime runtime = make();
  const auto program = []() -> Task<std::uint64_t> {
    std::vector<JoinHandle<std::uint64_t>> roots;
    for (int i = 0; i < 20; ++i) roots.push_back(spawn(fib(12)));
    std::uint64_t sum = 0;
    for (auto& root : roots) sum += (co_await root).value();
    co_return sum;
  };
  EXPECT_EQ(runtime.block_on(program()), 20 * 144);
}

TEST_P(ForkJoinOn, TasksMayWaitForEachOther) {
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    Gate first, second;
    const auto pass = [](Gate* opens, Gate* waits_at, int value) -> Task<int> {
      opens->open();
      co_await waits_at->wait();
      co_return value;
    };
    const auto [a, b] = co_await fork_join(pass(&first, &second, 1), pass(&second, &first, 2));
    co_return a + b;
  };
  for (int i = 0; i < 200; ++i) EXPECT_EQ(runtime.block_on(program()), 3);
}

TEST_P(ForkJoinOn, ThrowsWhatTheFirstTaskThrewOnceAllAreOver) {
  Runtime runtime = make();
  const auto program = [](Census& census) -> Task<std::string> {
    std::atomic<int> sum{0};
    std::string what;
    try {
      co_await fork_join(add_later(sum, 1, 9, Counted(census)), fail("second", 3), fail("third", 0), owned(1),
                         add_later(sum, 10, 5, Counted(census)));
    } catch (const std::runtime_error& error) {
      what = error.what();
    }
    co_return what + " " + std::to_string(sum) + " " + std::to_string(census.alive);
  };
  Census census;
  for (int i = 0; i < 20; ++i) EXPECT_EQ(runtime.block_on(program(census)), "second 11 0");
}

TEST_P(ForkJoinOn, AChainOfForksNeedsNoStack) {
  Runtime runtime = make();
  struct Chain {
    static Task<int> first(int depth) {
      if (depth == 0) co_return 0;
      const auto [below, one] = co_await fork_join(first(depth - 1), owned(1));
      co_return below + *one;
    }
    static Task<int> last(int depth) {
      if (depth == 0) co_return 0;
      const auto [one, below] = co_await fork_join(owned(1), last(depth - 1));
      co_return below + *one;
    }
  };
  EXPECT_EQ(runtime.block_on(Chain::first(100'000)), 100'000);
  EXPECT_EQ(runtime.block_on(Chain::last(100'000)), 100'000);
}

TEST_P(ForkJoinOn, TasksHaveTheTaskLocalValuesOfTheCaller) {
  static constinit TaskLocal<int> number;
  Runtime runtime = make();
  struct Reads {
    static Task<int> value() {
      co_await yield_now();
      co_return number.get();
    }
    static Task<int> other(int instead) { co_return co_await number.with(instead, value()); }
    static Task<int> sum() {
      std::vector<Task<int>> tasks;
      for (int i = 0; i < 9; ++i) tasks.push_back(value());
      const auto [first, others] = co_await fork_join(other(100), fork_join_of(std::move(tasks)));
      co_return first + std::accumulate(others.begin(), others.end(), 0);
    }
    static Task<std::vector<int>> fork_join_of(std::vector<Task<int>> tasks) {
      co_return co_await fork_join(std::move(tasks));
    }
  };
  const auto program = []() -> Task<int> { co_return co_await number.with(7, Reads::sum()); };
  for (int i = 0; i < 20; ++i) EXPECT_EQ(runtime.block_on(program()), 163);
}

TEST_P(ForkJoinOn, OthersGetTheirTurnsMeanwhile) {
  Runtime runtime = make();
  const auto program = []() -> Task<bool> {
    std::atomic<bool> stop{false};
    const auto other = [](std::atomic<bool>& flag) -> Task<void> {
      flag = true;
      co_return;
    };
    auto handle = spawn(other(stop));
    while (!stop) static_cast<void>(co_await fork_join(owned(1), owned(2)));
    static_cast<void>(co_await handle);
    co_return true;
  };
  EXPECT_TRUE(runtime.block_on(program()));
}

TEST_P(ForkJoinOn, ForksGetTheirTurnsBesideTasksThatAlwaysRun) {
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    std::atomic<bool> stop{false};
    const auto spin = [](std::atomic<bool>& flag) -> Task<void> {
      while (!flag) co_await yield_now();
    };
    std::vector<JoinHandle<void>> spinners;
    for (int i = 0; i < 40; ++i) spinners.push_back(spawn(spin(stop)));
    Gate gate;
    const auto open = [](Gate* opened) -> Task<int> {
      opened->open();
      co_return 1;
    };
    Census census;
    const auto [one, two] = co_await fork_join(test::give_after(&gate, 1, Counted(census)), open(&gate));
    stop = true;
    for (auto& spinner : spinners) static_cast<void>(co_await spinner);
    co_return one + two;
  };
  EXPECT_EQ(runtime.block_on(program()), 2);
}

TEST_P(ForkJoinOn, ItIsAnOperandAsOthersAre) {
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    auto joined = co_await join(fork_join(test::give_later(1), test::give_later(2)),
                                fork_join(test::give_later(3), fib(10)));
    const auto& [first, second] = joined;
    const auto timed = co_await timeout(std::chrono::hours(1), fork_join(owned(4), owned(5)));
    const auto& [four, five] = timed.value();
    co_return std::get<0>(first) + std::get<1>(first) + std::get<0>(second) +
        static_cast<int>(std::get<1>(second)) + *four + *five;
  };
  for (int i = 0; i < 50; ++i) EXPECT_EQ(runtime.block_on(program()), 1 + 2 + 3 + 55 + 4 + 5);
}

TEST(ForkJoin, OthersGetTheirTurnsWhileManyTasksOfAnOperandAreOver) {
  Runtime runtime = Runtime::current_thread();
  const auto program = []() -> Task<std::size_t> {
    std::atomic<bool> stop{false};
    std::size_t ran = 0;
    const auto count = [](std::atomic<bool>& flag, std::size_t& turns) -> Task<void> {
      for (; !flag; ++turns) co_await yield_now();
    };
    auto other = spawn(count(stop, ran));
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 20'000; ++i) tasks.push_back(test::nothing());
    static_cast<void>(co_await join(fork_join(std::move(tasks)), test::nothing()));
    stop = true;
    static_cast<void>(co_await other);
    co_return ran;
  };
  EXPECT_GT(runtime.block_on(program()), 20u);
}

/// Waits for a while in a combinator.
Task<int> nap() {
  static_cast<void>(co_await select(sleep(std::chrono::milliseconds(2)), sleep(std::chrono::hours(1))));
  co_return 1;
}

TEST(ForkJoin, AnOperandThatWaitsInACombinatorTakesNoTurns) {
  static constinit TaskLocal<int> number;
  const std::vector<Task<void> (*)()> programs{
      []() -> Task<void> { co_await timeout(std::chrono::hours(1), fork_join(nap(), owned(1))); },
      []() -> Task<void> { co_await number.with(7, fork_join(nap(), owned(1))); },
      []() -> Task<void> { co_await unconstrained(fork_join(nap(), owned(1))); },
      []() -> Task<void> {
        auto pinned = pin(fork_join(nap(), owned(1)));
        co_await pinned;
      }};
  for (const auto program : programs) {
    Runtime runtime = Runtime::current_thread();
    runtime.block_on(program());
    EXPECT_LT(runtime.metrics().workers[0].turns, 10u);
  }
}

TEST_P(ForkJoinOn, DestructorsFindTheTaskLocalValuesOfTheCaller) {
  static constinit TaskLocal<int> number;
  struct Looks {
    std::atomic<int>* sum;
    explicit Looks(std::atomic<int>& of) : sum(&of) {}
    Looks(Looks&& other) noexcept : sum(std::exchange(other.sum, nullptr)) {}
    ~Looks() {
      if (sum) *sum += number.get();
    }
  };
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    std::atomic<int> sum{0};
    const auto over = [](Looks, int turns) -> Task<void> {
      for (; turns > 0; --turns) co_await yield_now();
    };
    const auto forks = [over](std::atomic<int>& of) -> Task<void> {
      co_await fork_join(over(Looks(of), 3), over(Looks(of), 2), over(Looks(of), 0));
    };
    co_await number.with(7, forks(sum));
    co_return sum.load();
  };
  for (int i = 0; i < 50; ++i) EXPECT_EQ(runtime.block_on(program()), 21);
}

COROKIT_ON_EACH_RUNTIME(ForkJoinOn);

}  // namespace
}  // namespace corokit
