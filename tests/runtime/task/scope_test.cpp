#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/scope.hpp>
#include <corokit/select.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "support/counted.hpp"
#include "support/each_budget.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::add;
using test::Census;
using test::Counted;
using test::Gate;
using test::wait_at;

using ScopeOn = test::OnEachRuntime;

Task<void> fail(const char* what, int turns) {
  for (; turns > 0; --turns) co_await yield_now();
  throw std::runtime_error(what);
}

TEST_P(ScopeOn, ChildrenBorrowWhatIsDeclaredOutside) {
  Runtime runtime = make();
  const auto program = [](Census& census) -> Task<std::string> {
    int sum = 0;
    const int last = co_await scope([&](Scope& s) -> Task<int> {
      auto first = s.spawn(add(sum, 1, 3, Counted(census)));
      auto second = s.spawn(add(sum, 10, 1, Counted(census)));
      s.spawn(add(sum, 100, 5, Counted(census)));
      const int one = co_await first;
      const int ten = co_await second;
      co_await s.join();
      co_return one + ten;
    });
    co_return std::to_string(last) + " " + std::to_string(sum) + " " + std::to_string(census.alive);
  };
  Census census;
  EXPECT_EQ(runtime.block_on(program(census)), "11 111 0");
}

TEST_P(ScopeOn, WhatIsLeftWhenTheBodyEndsIsDroppedBeforeTheCallerGoesOn) {
  Runtime runtime = make();
  const auto program = [](Census& census) -> Task<int> {
    Gate never;
    co_await scope([&](Scope& s) -> Task<void> {
      for (int i = 0; i < 5; ++i) s.spawn(wait_at(&never, Counted(census)));
      co_await yield_now();
    });
    co_return static_cast<int>(never.waiting()) * 100 + census.alive;
  };
  Census census;
  EXPECT_EQ(runtime.block_on(program(census)), 0);
}

TEST_P(ScopeOn, AnExceptionOfAChildEndsAllAndIsRethrown) {
  Runtime runtime = make();
  const auto program = [](Census& census) -> Task<std::string> {
    Gate never;
    std::string told;
    try {
      co_await scope([&](Scope& s) -> Task<void> {
        s.spawn(wait_at(&never, Counted(census)));
        s.spawn(fail("second", 3));
        s.spawn(fail("first", 1));
        co_await wait_at(&never, Counted(census));
      });
    } catch (const std::runtime_error& error) {
      told = error.what();
    }
    co_return told + " " + std::to_string(never.waiting()) + " " + std::to_string(census.alive);
  };
  Census census;
  EXPECT_EQ(runtime.block_on(program(census)), "first 0 0");
}

TEST_P(ScopeOn, ManyChildrenWaitForEventsOfOtherTasks) {
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    int sum = 0;
    co_await scope([&sum](Scope& s) -> Task<void> {
      const auto child = [](int& total, int round) -> Task<void> {
        auto other = spawn([](int value) -> Task<int> {
          co_await yield_now();
          co_return value;
        }(round));
        const auto joined = co_await other;
        total += *joined;
      };
      for (int i = 1; i <= 100; ++i) s.spawn(child(sum, i));
      co_await s.join();
    });
    co_return sum;
  };
  for (int round = 0; round < 20; ++round) EXPECT_EQ(runtime.block_on(program()), 5050);
}

TEST_P(ScopeOn, AnAbortDropsTheChildren) {
  Runtime runtime = make();
  const auto operation = [](Gate& never, Census& census) -> Task<void> {
    co_await scope([&](Scope& s) -> Task<void> {
      for (int i = 0; i < 3; ++i) s.spawn(wait_at(&never, Counted(census)));
      co_await s.join();
    });
  };
  const auto program = [](auto start, Census& census) -> Task<bool> {
    Gate never;
    auto handle = spawn(start(never, census));
    while (never.waiting() < 3) co_await yield_now();
    handle.abort();
    const auto joined = co_await handle;
    co_return !joined && never.waiting() == 0 && census.alive == 0;
  };
  Census census;
  EXPECT_TRUE(runtime.block_on(program(operation, census)));
}

COROKIT_ON_EACH_RUNTIME(ScopeOn);

TEST(Scope, GivesTheValueOfItsBody) {
  const auto program = []() -> Task<int> {
    auto value =
        co_await scope([](Scope&) -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); });
    co_return *value;
  };
  EXPECT_EQ(block_on(program()), 7);
}

TEST(Scope, AnExceptionOfTheBodyEndsTheChildren) {
  const auto program = [](Census& census) -> Task<std::string> {
    Gate never;
    std::string told;
    try {
      co_await scope([&](Scope& s) -> Task<int> {
        s.spawn(wait_at(&never, Counted(census)));
        co_await yield_now();
        throw std::runtime_error("body");
      });
    } catch (const std::runtime_error& error) {
      told = error.what();
    }
    co_return told + std::to_string(census.alive);
  };
  Census census;
  EXPECT_EQ(block_on(program(census)), "body0");
}

TEST(Scope, ABodyThatIsNotMadeThrows) {
  const auto program = []() -> Task<bool> {
    try {
      co_await scope([](Scope&) -> Task<void> { throw std::runtime_error("no coroutine"); });
    } catch (const std::runtime_error&) {
      co_return true;
    }
    co_return false;
  };
  EXPECT_TRUE(block_on(program()));
}

TEST(Scope, ChildrenBeginInOrderOnceTheirStarterWaits) {
  const auto program = []() -> Task<std::string> {
    std::string written;
    co_await scope([&](Scope& s) -> Task<void> {
      const auto child = [](Scope& outer, std::string& text, char name) -> Task<void> {
        text += name;
        if (name == 'a') {
          outer.spawn([](std::string& to) -> Task<void> {
            to += 'z';
            co_return;
          }(text));
          text += '!';
        }
        co_return;
      };
      s.spawn(child(s, written, 'a'));
      s.spawn(child(s, written, 'b'));
      written += '-';
      co_await s.join();
      written += '.';
      s.spawn(child(s, written, 'c'));
      written += '-';
      co_await yield_now();
      written += std::to_string(s.size());
    });
    co_return written;
  };
  EXPECT_EQ(block_on(program()), "-a!bz.-c0");
}

TEST(Scope, ChildrenStartMoreChildrenAndJoinWaitsForThem) {
  struct Tree {
    static Task<void> grow(Scope& s, int depth, int& leaves) {
      co_await yield_now();
      if (depth == 0) {
        ++leaves;
        co_return;
      }
      s.spawn(grow(s, depth - 1, leaves));
      s.spawn(grow(s, depth - 1, leaves));
    }
  };
  const auto program = []() -> Task<int> {
    int leaves = 0;
    co_await scope([&](Scope& s) -> Task<void> {
      s.spawn(Tree::grow(s, 10, leaves));
      co_await s.join();
      if (!s.empty()) leaves = -1;
    });
    co_return leaves;
  };
  EXPECT_EQ(block_on(program()), 1024);
}

TEST(Scope, AChildIsACallableThatIsKept) {
  const auto program = []() -> Task<std::string> {
    co_return co_await scope([](Scope& s) -> Task<std::string> {
      auto text = std::make_unique<std::string>("kept");
      auto make = [text = std::move(text)]() -> Task<std::string> {
        co_await yield_now();
        co_return *text;
      };
      auto child = s.spawn(std::move(make));
      co_return co_await child;
    });
  };
  EXPECT_EQ(block_on(program()), "kept");
}

TEST(Scope, ABodyThatIsAnLvalueIsBorrowed) {
  const auto program = []() -> Task<int> {
    auto body = [number = std::make_unique<int>(5)](Scope& s) -> Task<int> {
      auto child = s.spawn([](int value) -> Task<int> { co_return value; }(*number));
      const int given = co_await child;
      co_return given + *number;
    };
    co_return co_await scope(body);
  };
  EXPECT_EQ(block_on(program()), 10);
}

TEST(Scope, ItsHandlesAreAwaitedByReferenceAndAgain) {
  const auto program = []() -> Task<int> {
    co_return co_await scope([](Scope& s) -> Task<int> {
      Gate gate;
      auto child = s.spawn([](Gate& opened) -> Task<int> {
        co_await opened.wait();
        co_return 3;
      }(gate));
      int rounds = 0;
      for (;; ++rounds) {
        if (rounds == 3) gate.open();
        const auto first = co_await select(biased, child, yield_now());
        if (first.index() == 0) co_return rounds * 10 + std::get<0>(first);
      }
    });
  };
  const int got = block_on(program());
  EXPECT_EQ(got % 10, 3);
  EXPECT_GE(got, 30);
}

TEST(Scope, MayBeDroppedAtEverySuspensionPoint) {
  const auto operation = [](Census& census, int& sum) -> Task<int> {
    const Counted outside(census);
    co_return co_await scope([&](Scope& s) -> Task<int> {
      const Counted inside(census);
      auto first = s.spawn(add(sum, 1, 2, Counted(census)));
      for (int i = 0; i < 3; ++i) s.spawn(add(sum, 1, i, Counted(census)));
      const int nested = co_await scope([&](Scope& inner) -> Task<int> {
        inner.spawn(add(sum, 1, 9, Counted(census)));
        auto child = inner.spawn(add(sum, 1, 1, Counted(census)));
        co_return co_await child;
      });
      const int one = co_await first;
      co_await s.join();
      co_return nested + one;
    });
  };
  for (int turns = 0;; ++turns) {
    Census census;
    int sum = 0;
    test::Probe probe(operation(census, sum));
    bool over = false;
    for (int turn = 0; turn < turns && !over; ++turn) over = probe.poll();
    probe.drop();
    EXPECT_EQ(census.alive, 0) << turns;
    if (over) break;
    ASSERT_LT(turns, 100);
  }
}

TEST(Scope, NestsDeepAndIsDroppedInConstantStackSpace) {
  struct Deep {
    static Task<void> nest(int depth, Gate& never, Census& census) {
      const Counted counted(census);
      if (depth == 0) {
        co_await never.wait();
        co_return;
      }
      co_await scope([&](Scope& s) -> Task<void> {
        s.spawn(nest(depth - 1, never, census));
        co_await s.join();
      });
    }
  };
  const auto program = []() -> Task<bool> {
    constexpr int kDepth = 2'000;
    Gate never;
    Census census;
    auto handle = spawn(Deep::nest(kDepth, never, census));
    while (never.waiting() == 0) co_await yield_now();
    const bool all = census.alive == kDepth + 1;
    handle.abort();
    static_cast<void>(co_await handle);
    co_return all&& census.alive == 0;
  };
  EXPECT_TRUE(block_on(program()));
}

TEST(Scope, TenThousandChildrenEndInOneScope) {
  const auto program = []() -> Task<int> {
    int sum = 0;
    Census census;
    co_await scope([&](Scope& s) -> Task<void> {
      for (int i = 0; i < 10'000; ++i) s.spawn(add(sum, 1, i % 3, Counted(census)));
      co_await s.join();
    });
    co_return sum + census.alive;
  };
  EXPECT_EQ(block_on(program()), 10'000);
}

TEST(Scope, ALoopOverChildrenLetsOtherTasksRun) {
  const auto spin = [](const bool& stop) -> Task<void> {
    co_await scope([&stop](Scope& s) -> Task<void> {
      while (!stop) {
        auto child = s.spawn([]() -> Task<void> { co_return; }());
        co_await child;
      }
    });
  };
  const auto program = [](auto busy) -> Task<bool> {
    bool stop = false;
    auto handle = spawn(busy(stop));
    for (int turn = 0; turn < 10; ++turn) co_await yield_now();
    stop = true;
    const auto joined = co_await handle;
    co_return joined.has_value();
  };
  EXPECT_TRUE(block_on(program(spin)));
}

TEST(Scope, DoesTheSameAtEachBudget) {
  const auto spend = [](std::string& written, char name) -> Task<int> {
    for (int units = 0; units < 3; ++units) co_await consume_budget();
    written += name;
    co_return 1;
  };
  test::does_the_same_at_each_budget("children", [&]() -> Task<std::string> {
    return [](auto child) -> Task<std::string> {
      std::string written;
      co_await scope([&](Scope& s) -> Task<void> {
        for (int units = 0; units < 2; ++units) co_await consume_budget();
        s.spawn(child(written, 'a'));
        auto second = s.spawn(child(written, 'b'));
        written += '-';
        co_await second;
        s.spawn(child(written, 'c'));
        co_await s.join();
      });
      co_return written;
    }(spend);
  });
  test::does_the_same_at_each_budget("in a select", [&]() -> Task<std::string> {
    return [](auto child) -> Task<std::string> {
      std::string written;
      Gate never;
      const auto waits = [&]() -> Task<int> {
        co_return co_await scope([&](Scope& s) -> Task<int> {
          s.spawn(child(written, 'a'));
          s.spawn(child(written, 'b'));
          co_await never.wait();
          co_return 0;
        });
      };
      const auto first = co_await select(biased, waits(), child(written, 'c'));
      co_return written + std::to_string(first.index());
    }(spend);
  });
}

COROKIT_EXPLORE(ScopeSchedules, EveryChildEndsOnceWhateverHappensFirst) {
  Census census;
  int ended = 0;
  Gate gate;
  const auto child = [](Gate& opened, int& count, Counted) -> Task<void> {
    co_await opened.wait();
    ++count;
  };
  const auto operation = [&]() -> Task<void> {
    co_await scope([&](Scope& s) -> Task<void> {
      for (int i = 0; i < 2; ++i) s.spawn(child(gate, ended, Counted(census)));
      co_await sleep(1ms);
      s.spawn(child(gate, ended, Counted(census)));
      co_await s.join();
    });
  };
  auto scoped = spawn(operation());
  const auto open = spawn([](Gate& closed) -> Task<void> {
    co_await sleep(1ms);
    closed.open();
  }(gate));
  if (explorer::choose(2) == 1) {
    co_await sleep(1ms);
    scoped.abort();
  }
  const auto joined = co_await scoped;
  EXPECT_EQ(census.alive, 0);
  if (joined) {
    EXPECT_EQ(ended, 3);
  } else {
    EXPECT_LE(ended, 3);
  }
}

}  // namespace
}  // namespace corokit
