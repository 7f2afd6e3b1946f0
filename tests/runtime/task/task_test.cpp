#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/task.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <array>
#include <cstdint>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/probe.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using test::give_later;

Task<int> fail() {
  co_await yield_now();
  throw std::runtime_error("broken");
}

TEST(Task, GivesTheValueOfTheCoroutine) {
  EXPECT_EQ(block_on(give_later(7)), 7);
}

TEST(Task, IsLazy) {
  bool started = false;
  auto body = [](bool& flag) -> Task<void> {
    flag = true;
    co_return;
  };
  {
    Task<void> task = body(started);
    EXPECT_TRUE(task);
  }
  EXPECT_FALSE(started);
}

TEST(Task, CarriesMoveOnlyValues) {
  auto body = []() -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(5); };
  EXPECT_EQ(*block_on(body()), 5);
}

TEST(Task, CarriesValuesThatAreLargerThanAPromise) {
  using Numbers = std::array<std::uint64_t, 16>;
  auto child = [](std::uint64_t first) -> Task<Numbers> {
    Numbers numbers{};
    std::iota(numbers.begin(), numbers.end(), first);
    co_await yield_now();
    co_return numbers;
  };
  auto parent = [child]() -> Task<Numbers> {
    Numbers numbers = co_await child(1);
    for (std::uint64_t& number : numbers) number *= 2;
    co_return numbers;
  };
  const Numbers numbers = block_on(parent());
  for (std::uint64_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], 2 * (i + 1));
}

TEST(Task, AnExceptionReachesTheAwaiter) {
  auto body = []() -> Task<std::string> {
    try {
      co_await fail();
    } catch (const std::runtime_error& error) {
      co_return error.what();
    }
    co_return "nothing";
  };
  EXPECT_EQ(block_on(body()), "broken");
}

TEST(Task, AnExceptionReachesBlockOn) {
  EXPECT_THROW(block_on(fail()), std::runtime_error);
}

struct Trace {
  Trace(std::string& to, char letter) : log(to), name(letter) {}
  Trace(const Trace&) = delete;
  ~Trace() { log += name; }
  std::string& log;
  char name;
};

Task<void> innermost(std::string& log) {
  Trace local(log, 'a');
  for (;;) co_await yield_now();
}

Task<void> middle(std::string& log) {
  Trace local(log, 'b');
  co_await innermost(log);
}

Task<void> outermost(std::string& log) {
  Trace local(log, 'c');
  co_await middle(log);
}

TEST(Task, DroppingDestroysFramesFromTheInnermostOutwards) {
  std::string log;
  {
    test::Probe probe(outermost(log));
    EXPECT_TRUE(probe.is_pending());
  }
  EXPECT_EQ(log, "abc");
}

Task<std::uint64_t> nest(std::uint64_t depth) {
  if (depth == 0) co_return 0;
  const std::uint64_t below = co_await nest(depth - 1);
  co_return below + 1;
}

Task<void> nest_and_wait(std::uint64_t depth) {
  if (depth != 0) co_await nest_and_wait(depth - 1);
  for (;;) co_await yield_now();
}

Task<int> nest_in_branches(int depth) {
  if (depth == 0) {
    for (;;) co_await yield_now();
  }
  auto first = co_await select(nest_in_branches(depth - 1), nest(5));
  co_return static_cast<int>(first.index());
}

TEST(Task, DroppingReachesTheBranchesOfASelect) {
  test::Probe probe(select(biased, nest_and_wait(3), nest_in_branches(10)));
  probe.poll();
  probe.drop();
}

}  // namespace
}  // namespace corokit
