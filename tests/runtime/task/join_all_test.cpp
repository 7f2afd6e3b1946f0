#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/join_all.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/each_budget.hpp"
#include "support/gate.hpp"
#include "support/probe.hpp"
#include "support/scaled.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Counted;
using test::Gate;
using test::give_after;
using test::give_after_sleep;
using test::Probe;
using Answer = Result<int, std::string>;

Task<Answer> answer_after(Gate* gate, Answer answer, Counted) {
  co_await gate->wait();
  co_return answer;
}

Task<int> fail_after(Gate* gate, Counted) {
  co_await gate->wait();
  throw std::runtime_error("broken");
}

TEST(JoinAll, GivesAllResultsInTheOrderOfTheRange) {
  auto body = []() -> Task<std::vector<int>> {
    std::vector<Task<int>> tasks;
    for (const int n : {3, 1, 2}) tasks.push_back(give_after_sleep(n * 1ms, n));
    co_return co_await join_all(std::move(tasks));
  };
  explorer::check({.search = Search::depth_first, .preemptions = 2}, [&body]() -> Task<void> {
    const auto results = co_await body();
    EXPECT_EQ(results, (std::vector<int>{3, 1, 2}));
  });
}

TEST(JoinAll, OfNothingGivesAnEmptyVectorAtOnce) {
  Probe probe(join_all(std::vector<Task<int>>()));
  EXPECT_TRUE(probe.poll());
  EXPECT_TRUE(probe.take().empty());
  Probe tried(try_join_all(std::vector<Task<Answer>>()));
  EXPECT_TRUE(tried.poll());
  EXPECT_TRUE(tried.take().value().empty());
}

TEST(JoinAll, OfNothingSpendsBudgetSoThatALoopGivesWay) {
  Probe probe([]() -> Task<void> {
    for (int i = 0; i < 3; ++i) static_cast<void>(co_await join_all(std::vector<Task<int>>()));
  }());
  probe.executor().set_budget(2);
  EXPECT_FALSE(probe.poll());
  EXPECT_TRUE(probe.poll());
}

TEST(JoinAll, DropsAnOperationThatIsOverAtOnce) {
  std::deque<Gate> gates(2);
  Census census;
  std::vector<Task<int>> tasks;
  for (Gate& gate : gates) tasks.push_back(give_after(&gate, 1, Counted(census)));
  Probe probe(join_all(std::move(tasks)));
  EXPECT_TRUE(probe.is_pending());
  gates[1].open();
  EXPECT_FALSE(probe.poll());
  EXPECT_EQ(census.alive, 1);
  gates[0].open();
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(census.alive, 0);
}

/// A range that makes its elements when they are looked at.
class MadeTasks {
 public:
  class Iterator {
   public:
    using value_type = Task<int>;
    using difference_type = std::ptrdiff_t;
    explicit Iterator(int at = 0) noexcept : at_(at) {}
    Task<int> operator*() const { return give_after_sleep(1ms, at_); }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    void operator++(int) noexcept { ++at_; }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.at_ == b.at_; }

   private:
    int at_;
  };
  Iterator begin() const noexcept { return Iterator(0); }
  Iterator end() const noexcept { return Iterator(4); }
};

TEST(JoinAll, TakesOperationsOfAnyKindAndRange) {
  auto body = []() -> Task<int> {
    std::list<detail::SleepAwaiter> sleeps;
    for (int i = 1; i <= 3; ++i) sleeps.push_back(sleep(i * 1ms));
    const std::vector<Unit> slept = co_await join_all(std::move(sleeps));
    const std::vector<int> given = co_await join_all(MadeTasks());
    std::vector<JoinHandle<int>> moved;
    for (int i = 0; i < 3; ++i) moved.push_back(spawn(give_after_sleep(1ms, i)));
    const auto joined = co_await join_all(std::move(moved));
    int sum = static_cast<int>(slept.size()) * 100;
    for (const int value : given) sum += value;
    for (const auto& value : joined) sum += 10 * *value;
    co_return sum;
  };
  EXPECT_EQ(*sim::run({}, body()), 300 + 6 + 30);
}

TEST(JoinAll, TakesHandlesByReference) {
  auto body = [](Gate* gate, Counted counted) -> Task<int> {
    std::vector<JoinHandle<int>> handles;
    for (int i = 1; i <= 3; ++i) handles.push_back(spawn(give_after(gate, i, counted)));
    {
      const auto first = co_await select(biased, join_all(handles), sleep(1ms));
      EXPECT_EQ(first.index(), 1u);
    }
    gate->open();
    int sum = 0;
    const auto two =
        co_await join_all(std::span(handles).subspan(1));  // they go on, and can be awaited again
    for (const auto& value : two) sum += *value;
    const auto last = co_await handles.front();
    co_return sum * 10 + *last;
  };
  Gate gate;
  Census census;
  EXPECT_EQ(*sim::run({}, body(&gate, Counted(census))), 51);
}

TEST(JoinAll, CarriesMoveOnlyResults) {
  auto make = [](int value) -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(value); };
  auto body = [](auto maker) -> Task<int> {
    std::vector<Task<std::unique_ptr<int>>> tasks;
    for (int i = 1; i <= 3; ++i) tasks.push_back(maker(i));
    const auto results = co_await join_all(std::move(tasks));
    co_return *results[0] + *results[1] * 10 + *results[2] * 100;
  };
  EXPECT_EQ(block_on(body(make)), 321);
}

TEST(JoinAll, TheFirstExceptionDropsTheOthers) {
  std::deque<Gate> gates(3);
  Census census;
  auto body = [](std::deque<Gate>* at, Counted counted) -> Task<int> {
    const int before = counted.census().alive;
    std::vector<Task<int>> tasks;
    tasks.push_back(give_after(&(*at)[0], 1, counted));
    tasks.push_back(fail_after(&(*at)[1], counted));
    tasks.push_back(give_after(&(*at)[2], 3, counted));
    try {
      static_cast<void>(co_await join_all(std::move(tasks)));
    } catch (const std::runtime_error&) {
      co_return counted.census().alive - before;
    }
    co_return -1;
  };
  Probe probe(body(&gates, Counted(census)));
  EXPECT_TRUE(probe.is_pending());
  gates[1].open();
  gates[0].open();  // its result comes too late
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take(), 0);
  EXPECT_EQ(gates[2].waiting(), 0u);
}

TEST(JoinAll, AnExceptionAtOnceKeepsTheOthersFromStarting) {
  int started = 0;
  auto start = [](int* count, bool fails) -> Task<int> {
    ++*count;
    if (fails) throw std::runtime_error("broken");
    co_return 0;
  };
  auto body = [](auto starter, int* count) -> Task<void> {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 4; ++i) tasks.push_back(starter(count, i == 1));
    static_cast<void>(co_await join_all(std::move(tasks)));
  };
  EXPECT_THROW(block_on(body(start, &started)), std::runtime_error);
  EXPECT_EQ(started, 2);
}

/// An operation that throws as it begins, unless it is the first one.
class Begins : public detail::Awaiter<Begins> {
 public:
  static constexpr const char* kName = "Begins";
  explicit Begins(bool throws) noexcept : throws_(throws) {}
  Begins(Begins&& other) noexcept : detail::Awaiter<Begins>(other), throws_(other.throws_) {}
  ~Begins() = default;
  bool try_complete() const {
    if (throws_) throw std::invalid_argument("cannot begin");
    return true;
  }
  bool suspend() noexcept { return true; }
  void fail(std::exception_ptr reason) noexcept { failure_ = std::move(reason); }
  void await_resume() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  bool throws_;
  std::exception_ptr failure_;
};

TEST(JoinAll, AnOperationThatThrowsAsItBeginsEndsTheWait) {
  auto body = []() -> Task<bool> {
    std::vector<Begins> operations;
    for (const bool throws : {false, true, false}) operations.emplace_back(throws);
    bool thrown = false;
    try {
      static_cast<void>(co_await join_all(std::move(operations)));
    } catch (const std::invalid_argument&) {
      thrown = true;
    }
    co_return thrown;
  };
  explorer::check({.search = Search::depth_first}, [&body]() -> Task<void> {
    const bool thrown = co_await body();
    EXPECT_TRUE(thrown);
  });
}

TEST(JoinAll, IsDroppedWithAllOfItsOperations) {
  for (const bool one_is_woken : {false, true}) {
    std::deque<Gate> gates(5);
    Census census;
    {
      std::vector<Task<int>> tasks;
      for (Gate& gate : gates) tasks.push_back(give_after(&gate, 1, Counted(census)));
      Probe probe(join_all(std::move(tasks)));
      EXPECT_TRUE(probe.is_pending());
      if (one_is_woken) gates[3].open();
    }
    EXPECT_EQ(census.alive, 0);
    for (Gate& gate : gates) EXPECT_EQ(gate.waiting(), 0u);
  }
}

TEST(JoinAll, ThatNeverBeganDropsItsOperations) {
  Gate gate;
  Census census;
  {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 3; ++i) tasks.push_back(give_after(&gate, 1, Counted(census)));
    const auto dropped = join_all(std::move(tasks));
    EXPECT_EQ(census.alive, 3);
  }
  EXPECT_EQ(census.alive, 0);
}

Task<int> tree(Gate* gate, int depth, int width, Counted counted) {
  if (depth == 0) {
    co_await gate->wait();
    co_return 1;
  }
  std::vector<Task<int>> children;
  for (int i = 0; i < width; ++i) children.push_back(tree(gate, depth - 1, width, counted));
  int sum = 0;
  const auto results = co_await join_all(std::move(children));
  for (const int result : results) sum += result;
  co_return sum;
}

TEST(JoinAll, ATreeOfThemComesToItsEndOrIsDropped) {
  for (const auto& [depth, width] : {std::pair(6, 3), std::pair(1'000, 1)}) {
    for (const bool dropped : {false, true}) {
      Gate gate;
      Census census;
      {
        Probe probe(tree(&gate, depth, width, Counted(census)));
        probe.executor().run_all();
        EXPECT_GT(gate.waiting(), 0u);
        if (!dropped) {
          gate.open();
          probe.executor().run_all();
          EXPECT_TRUE(probe.is_ready());
          EXPECT_EQ(probe.take(), width == 1 ? 1 : 729);
        }
      }
      EXPECT_EQ(census.alive, 0);
    }
  }
}

/// Awaiters that wait, without a coroutine in between: the branches nest in each other.
auto nest(Gate& gate) {
  std::vector<Gate::Wait> waits;
  for (int i = 0; i < 3; ++i) waits.push_back(gate.wait());
  return join_all(std::move(waits));
}

TEST(JoinAll, NestsWithoutCoroutinesInBetween) {
  for (const bool dropped : {false, true}) {
    Gate gate;
    Gate other;
    std::vector<decltype(nest(gate))> joins;
    for (int i = 0; i < 3; ++i) joins.push_back(nest(i == 1 ? other : gate));
    Probe probe(join_all(std::move(joins)));
    EXPECT_TRUE(probe.is_pending());
    EXPECT_EQ(gate.waiting(), 6u);
    gate.open();
    EXPECT_FALSE(probe.poll());
    if (dropped) continue;
    other.open();
    EXPECT_TRUE(probe.poll());
    EXPECT_EQ(probe.take().size(), 3u);
  }
}

TEST(JoinAll, CollectsTasksThatRunInParallel) {
  Runtime runtime = Runtime::multi_thread(4);
  auto work = [](int value) -> Task<int> {
    for (int i = 0; i < value % 7; ++i) co_await yield_now();
    co_return value;
  };
  auto body = [](auto make, int count) -> Task<std::int64_t> {
    std::vector<JoinHandle<int>> handles;
    for (int i = 0; i < count; ++i) handles.push_back(spawn(make(i)));
    std::int64_t sum = 0;
    const auto results = co_await join_all(std::move(handles));
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(*results[static_cast<std::size_t>(i)], i);
      sum += *results[static_cast<std::size_t>(i)];
    }
    co_return sum;
  };
  const auto count = static_cast<std::int64_t>(test::scaled(20'000));
  EXPECT_EQ(runtime.block_on(body(work, static_cast<int>(count))), count * (count - 1) / 2);
}

/// Spends some budget before its name is written.
Task<int> write_late(std::string& written, int place) {
  for (int units = 0; units < 3; ++units) co_await consume_budget();
  written += static_cast<char>('a' + place);
  co_return place;
}

Task<int> write_at_once(std::string& written) {
  written += '!';
  co_return 0;
}

TEST(JoinAll, ABudgetDoesNotChangeTheOrderInWhichItsOperationsBegin) {
  test::does_the_same_at_each_budget("join_all", []() -> Task<std::string> {
    std::string written;
    std::vector<Task<int>> tasks;
    for (int place = 0; place < 26; ++place) tasks.push_back(write_late(written, place));
    static_cast<void>(co_await join_all(std::move(tasks)));
    co_return written;
  });
  test::does_the_same_at_each_budget("join of join_all", []() -> Task<std::string> {
    std::string written;
    std::vector<Task<int>> tasks;
    for (int place = 0; place < 3; ++place) tasks.push_back(write_late(written, place));
    co_await join(join_all(std::move(tasks)), write_at_once(written));
    co_return written;
  });
  test::does_the_same_at_each_budget("select of join_all", []() -> Task<std::string> {
    std::string written;
    std::vector<Task<int>> tasks;
    for (int place = 0; place < 3; ++place) tasks.push_back(write_late(written, place));
    const auto first = co_await select(biased, join_all(std::move(tasks)), write_at_once(written));
    co_return written + std::to_string(first.index());
  });
}

TEST(TryJoinAll, GivesAllValues) {
  Gate gate;
  gate.open();
  Census census;
  std::vector<Task<Answer>> tasks;
  for (int i = 1; i <= 3; ++i) tasks.push_back(answer_after(&gate, i, Counted(census)));
  Probe probe(try_join_all(std::move(tasks)));
  EXPECT_TRUE(probe.poll());
  const auto values = probe.take();
  ASSERT_TRUE(values);
  EXPECT_EQ(*values, (std::vector<int>{1, 2, 3}));
}

TEST(TryJoinAll, GivesAUnitForEachResultWithoutAValue) {
  auto body = [](Gate* gate, Counted counted) -> Task<std::size_t> {
    std::vector<JoinHandle<void>> handles;
    for (int i = 0; i < 3; ++i) handles.push_back(spawn(test::wait_at(gate, counted)));
    gate->open();
    const Result<std::vector<Unit>, JoinError> ended = co_await try_join_all(handles);
    co_return ended.value().size();
  };
  Gate gate;
  Census census;
  EXPECT_EQ(block_on(body(&gate, Counted(census))), 3u);
}

TEST(TryJoinAll, TheFirstErrorDropsTheOthers) {
  std::deque<Gate> gates(3);
  Census census;
  std::vector<Task<Answer>> tasks;
  tasks.push_back(answer_after(&gates[0], 1, Counted(census)));
  tasks.push_back(answer_after(&gates[1], Err<std::string>("no"), Counted(census)));
  tasks.push_back(answer_after(&gates[2], Err<std::string>("never"), Counted(census)));
  Probe probe(try_join_all(std::move(tasks)));
  EXPECT_TRUE(probe.is_pending());
  gates[1].open();
  gates[2].open();
  EXPECT_TRUE(probe.poll());
  const auto values = probe.take();
  ASSERT_FALSE(values);
  EXPECT_EQ(values.error(), "no");
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(gates[0].waiting(), 0u);
}

}  // namespace
}  // namespace corokit
