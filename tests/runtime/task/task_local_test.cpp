#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/join_all.hpp>
#include <corokit/ordered.hpp>
#include <corokit/pin.hpp>
#include <corokit/scope.hpp>
#include <corokit/select.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/task_local.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/each_budget.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Gate;

constinit TaskLocal<int> number;
constinit TaskLocal<std::string> name;

/// Returns: the number, or -1.
int seen() {
  const int* value = number.try_get();
  return value ? *value : -1;
}

/// Returns: what a task sees before and after it waits a few times.
Task<int> look(int turns = 2) {
  const int before = seen();
  for (; turns > 0; --turns) co_await yield_now();
  co_return before == seen() ? before : -2;
}

Task<int> look_deep(int depth) {
  if (depth == 0) co_return co_await look();
  co_return co_await look_deep(depth - 1);
}

using TaskLocalOn = test::OnEachRuntime;

TEST_P(TaskLocalOn, IsFoundByAllThatTheOperationAwaits) {
  Runtime runtime = make();
  const auto program = []() -> Task<std::string> {
    std::string told = std::to_string(seen());
    const int deep = co_await number.with(3, look_deep(20));
    told += std::to_string(deep) + std::to_string(seen());
    const auto joined = co_await number.with(4, join(look(), number.with(5, look(5)), look(1)));
    told += std::to_string(std::get<0>(joined)) + std::to_string(std::get<1>(joined)) +
            std::to_string(std::get<2>(joined));
    co_return told + std::to_string(seen());
  };
  EXPECT_EQ(runtime.block_on(program()), "-13-1454-1");
}

TEST_P(TaskLocalOn, IsNotInheritedByTasksAndThreads) {
  Runtime runtime = make();
  const auto program = []() -> Task<std::string> {
    const auto inside = []() -> Task<std::string> {
      auto task = spawn(look());
      auto with_its_own = spawn([]() -> Task<int> { co_return co_await number.with(8, look()); }());
      auto thread = spawn_blocking([] { return seen(); });
      const auto of_task = co_await task;
      const auto of_other = co_await with_its_own;
      const auto of_thread = co_await thread;
      co_return std::to_string(*of_task) + std::to_string(*of_other) + std::to_string(*of_thread) +
          std::to_string(seen());
    };
    co_return co_await number.with(7, inside());
  };
  EXPECT_EQ(runtime.block_on(program()), "-18-17");
}

TEST_P(TaskLocalOn, StaysWithItsTaskWhereverThatRuns) {
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    std::vector<JoinHandle<int>> handles;
    for (int i = 0; i < 50; ++i)
      handles.push_back(spawn([](int value) -> Task<int> {
        const auto both = [](int mine) -> Task<int> {
          for (int turn = 0; turn < 20; ++turn) {
            co_await yield_now();
            if (seen() != mine) co_return 0;
          }
          co_return 1;
        };
        const auto found = co_await number.with(value, join(both(value), number.with(-value, both(-value))));
        co_return std::get<0>(found) + std::get<1>(found);
      }(i)));
    int right = 0;
    for (auto& handle : handles) {
      const auto joined = co_await handle;
      right += *joined;
    }
    co_return right;
  };
  EXPECT_EQ(runtime.block_on(program()), 100);
}

/// Notes the number that is seen where it is destroyed.
struct SeesAtItsEnd {
  int* at_end;
  explicit SeesAtItsEnd(int& noted) noexcept : at_end(&noted) {}
  SeesAtItsEnd(SeesAtItsEnd&& other) noexcept : at_end(std::exchange(other.at_end, nullptr)) {}
  SeesAtItsEnd& operator=(SeesAtItsEnd&&) = delete;
  ~SeesAtItsEnd() {
    if (at_end) *at_end = seen();
  }
};

Task<void> hold(SeesAtItsEnd, Gate& gate) {
  co_await gate.wait();
}

TEST_P(TaskLocalOn, DestructorsFindItWhenTheTaskIsAborted) {
  Runtime runtime = make();
  const auto program = []() -> Task<int> {
    Gate never;
    int at_end = 0;
    auto handle = spawn([](Gate& gate, int& noted) -> Task<void> {
      co_await number.with(6, select(hold(SeesAtItsEnd(noted), gate), gate.wait()));
    }(never, at_end));
    while (never.waiting() < 2) co_await yield_now();
    handle.abort();
    static_cast<void>(co_await handle);
    co_return at_end;
  };
  EXPECT_EQ(runtime.block_on(program()), 6);
}

COROKIT_ON_EACH_RUNTIME(TaskLocalOn);

TEST(TaskLocal, GetThrowsWhereThereIsNone) {
  EXPECT_THROW(number.get(), std::logic_error);
  EXPECT_EQ(number.try_get(), nullptr);
  const auto program = []() -> Task<bool> {
    const auto inside = []() -> Task<bool> {
      co_await yield_now();
      try {
        number.get();
      } catch (const std::logic_error&) {
        co_return true;
      }
      co_return false;
    };
    std::string text = "other";
    co_return co_await name.with(std::move(text), inside());
  };
  EXPECT_TRUE(block_on(program()));
}

TEST(TaskLocal, NestsAndIsRestored) {
  const auto program = []() -> Task<std::string> {
    const auto inner = []() -> Task<std::string> {
      std::string told = name.get() + std::to_string(seen());
      const auto innermost = []() -> Task<std::string> {
        co_await yield_now();
        co_return name.get() + std::to_string(seen());
      };
      std::string text = "b";
      told += co_await name.with(std::move(text), innermost());
      told += co_await number.with(2, innermost());
      co_return told + name.get() + std::to_string(seen());
    };
    std::string text = "a";
    co_return co_await number.with(1, name.with(std::move(text), inner()));
  };
  EXPECT_EQ(block_on(program()), "a1b1a2a1");
}

TEST(TaskLocal, MayBeChanged) {
  const auto program = []() -> Task<int> {
    const auto count = []() -> Task<void> {
      for (int i = 0; i < 5; ++i) {
        ++number.get();
        co_await yield_now();
      }
    };
    const auto inside = [](auto counts) -> Task<int> {
      static_cast<void>(co_await join(counts(), counts()));
      co_return number.get();
    };
    co_return co_await number.with(0, inside(count));
  };
  EXPECT_EQ(block_on(program()), 10);
}

TEST(TaskLocal, HoldsTypesThatAreOnlyMoved) {
  static constinit TaskLocal<std::unique_ptr<int>> owner;
  const auto program = []() -> Task<int> {
    const auto inside = []() -> Task<int> {
      co_await yield_now();
      co_return *owner.get();
    };
    auto value = std::make_unique<int>(9);
    const auto first = co_await select(biased, owner.with(std::move(value), inside()), sleep(1h));
    co_return std::get<0>(first);
  };
  EXPECT_EQ(block_on(program()), 9);
}

TEST(TaskLocal, BranchesOfEveryCombinatorHaveIt) {
  const auto program = []() -> Task<std::string> {
    const auto inside = []() -> Task<std::string> {
      std::string told;
      const auto selected = co_await select(biased, look(3), look(9));
      told += std::to_string(std::get<0>(selected));
      const auto timed = co_await timeout(1h, look());
      told += std::to_string(*timed);
      std::vector<Task<int>> several;
      several.push_back(look());
      several.push_back(look(1));
      const auto all = co_await join_all(std::move(several));
      told += std::to_string(all[0]) + std::to_string(all[1]);
      FuturesUnordered<Task<int>> unordered;
      FuturesOrdered<Task<int>> ordered;
      for (int i = 0; i < 2; ++i) {
        unordered.push(look());
        ordered.push(look());
      }
      while (const auto value = co_await unordered.next()) told += std::to_string(*value);
      while (const auto value = co_await ordered.next()) told += std::to_string(*value);
      auto pinned = pin(look());
      const int of_pinned = co_await pinned;
      told += std::to_string(of_pinned);
      const int of_child = co_await scope([](Scope& s) -> Task<int> {
        auto child = s.spawn(look());
        const int there = co_await child;
        co_return there == seen() ? there : -3;
      });
      co_return told + std::to_string(of_child);
    };
    co_return co_await number.with(5, inside());
  };
  EXPECT_EQ(block_on(program()), "5555555555");
}

/// Notes what is seen in each of its turns.
Task<int> write(std::string& written, int turns) {
  for (; turns > 0; --turns) {
    co_await yield_now();
    written += seen() < 0 ? '-' : static_cast<char>('0' + seen());
  }
  co_return 0;
}

/// Lets `running` go on while nothing waits for it, inside and outside of the with() in which it was waited for.
template <class Running, class Wait>
Task<std::string> leave_alone(Running& running, std::string& written, Wait wait) {
  const auto inner = [&]() -> Task<void> {
    static_cast<void>(co_await select(biased, wait(running), yield_now()));
    for (int turn = 0; turn < 3; ++turn) co_await yield_now();
    written += '|';
  };
  const auto outer = [&]() -> Task<void> {
    co_await number.with(2, inner());
    for (int turn = 0; turn < 3; ++turn) co_await yield_now();
    written += '|';
  };
  co_await number.with(1, outer());
  for (int turn = 0; turn < 3; ++turn) co_await yield_now();
  written += '|';
  co_await number.with(3, wait(running));
  co_return written;
}

template <class Collection>
Task<std::string> leave_a_collection_alone() {
  std::string written;
  Collection running;
  running.push(write(written, 12));
  co_return co_await leave_alone(running, written, [](Collection& all) { return all.next(); });
}

TEST(TaskLocal, AnOperationThatNothingWaitsForKeepsTheInnermostOneThatLasts) {
  const auto of_pinned = []() -> Task<std::string> {
    std::string written;
    auto running = pin(write(written, 12));
    co_return co_await leave_alone(running, written, [](auto& pinned) { return pinned.operator co_await(); });
  };
  const auto is_right = [](const std::string& written) {
    std::string changes;
    for (const char c : written)
      if (changes.empty() || changes.back() != c) changes += c;
    return changes == "2|1|-|3";
  };
  const std::string pinned = block_on(of_pinned());
  EXPECT_TRUE(is_right(pinned)) << pinned;
  const std::string unordered = block_on(leave_a_collection_alone<FuturesUnordered<Task<int>>>());
  EXPECT_TRUE(is_right(unordered)) << unordered;
  const std::string ordered = block_on(leave_a_collection_alone<FuturesOrdered<Task<int>>>());
  EXPECT_TRUE(is_right(ordered)) << ordered;
}

TEST(TaskLocal, ACollectionThatIsEmptyMayLeaveItsTask) {
  const auto program = []() -> Task<int> {
    auto running = std::make_shared<FuturesUnordered<Task<int>>>();
    const auto use = [](auto futures) -> Task<void> {
      futures->push(look());
      while (co_await futures->next()) {
      }
    };
    co_await number.with(1, use(running));
    auto other = spawn([](auto futures) -> Task<int> {
      futures->push(look());
      const auto value = co_await futures->next();
      co_return *value;
    }(running));
    const auto joined = co_await other;
    co_return *joined;
  };
  EXPECT_EQ(block_on(program()), -1);
}

TEST(TaskLocal, DestructorsFindItHoweverTheOperationEnds) {
  const auto program = []() -> Task<std::string> {
    Gate never;
    Gate open;
    open.open();
    int at_end = 0;
    std::string told;
    co_await number.with(1, hold(SeesAtItsEnd(at_end), open));
    told += std::to_string(std::exchange(at_end, 0));
    static_cast<void>(
        co_await select(biased, number.with(2, hold(SeesAtItsEnd(at_end), never)), yield_now()));
    told += std::to_string(std::exchange(at_end, 0));
    static_cast<void>(
        co_await number.with(3, select(biased, hold(SeesAtItsEnd(at_end), never), yield_now())));
    told += std::to_string(std::exchange(at_end, 0));
    {
      FuturesUnordered<Task<void>> running;
      running.push([](Gate& gate, int& noted) -> Task<void> {
        co_await number.with(4, hold(SeesAtItsEnd(noted), gate));
      }(never, at_end));
      static_cast<void>(co_await select(biased, running.next(), yield_now()));
    }
    co_return told + std::to_string(at_end);
  };
  EXPECT_EQ(block_on(program()), "1234");
}

TEST(TaskLocal, DestructorsFindItHoweverDeepTheOperationNests) {
  struct Deep {
    static Task<void> nest(int depth, Gate& never, int& noted) {
      if (depth == 0)
        co_await hold(SeesAtItsEnd(noted), never);
      else
        static_cast<void>(co_await join(nest(depth - 1, never, noted)));
    }
  };
  const auto program = []() -> Task<int> {
    Gate never;
    int at_end = 0;
    auto handle = spawn([](Gate& gate, int& noted) -> Task<void> {
      static_cast<void>(co_await join(number.with(5, Deep::nest(500, gate, noted))));
    }(never, at_end));
    while (never.waiting() == 0) co_await yield_now();
    handle.abort();
    static_cast<void>(co_await handle);
    co_return at_end;
  };
  EXPECT_EQ(block_on(program()), 5);
}

TEST(TaskLocal, AnExceptionPassesThroughIt) {
  const auto program = []() -> Task<std::string> {
    const auto fails = []() -> Task<int> {
      co_await yield_now();
      throw std::runtime_error(std::to_string(seen()));
    };
    std::string told;
    try {
      static_cast<void>(co_await number.with(4, fails()));
    } catch (const std::runtime_error& error) {
      told = error.what();
    }
    co_return told + std::to_string(seen());
  };
  EXPECT_EQ(block_on(program()), "4-1");
}

TEST(TaskLocal, TheOperationMayBeAnyAwaitable) {
  const auto program = []() -> Task<std::string> {
    auto handle = spawn(look());
    const auto joined = co_await number.with(1, handle);
    std::string told = std::to_string(*joined);
    co_await number.with(1, yield_now());
    const auto timed = co_await number.with(2, timeout(1h, look()));
    co_return told + std::to_string(*timed);
  };
  EXPECT_EQ(block_on(program()), "-12");
}

TEST(TaskLocal, MayBeDroppedAtEverySuspensionPoint) {
  const auto operation = [](Census& census) -> Task<int> {
    const auto inside = [](Census& counts) -> Task<int> {
      const Counted counted(counts);
      const auto both = co_await join(number.with(2, look(3)), look(2));
      co_return std::get<0>(both) + std::get<1>(both);
    };
    co_return co_await number.with(1, inside(census));
  };
  for (int turns = 0;; ++turns) {
    Census census;
    test::Probe probe(operation(census));
    bool over = false;
    for (int turn = 0; turn < turns && !over; ++turn) over = probe.poll();
    if (over) {
      EXPECT_EQ(probe.take(), 3);
    }
    probe.drop();
    EXPECT_EQ(census.alive, 0) << turns;
    if (over) break;
    ASSERT_LT(turns, 100);
  }
}

TEST(TaskLocal, DoesTheSameAtEachBudget) {
  const auto spend = []() -> Task<int> {
    for (int units = 0; units < 3; ++units) co_await consume_budget();
    co_return seen();
  };
  test::does_the_same_at_each_budget("with", [&]() -> Task<std::string> {
    return [](auto operation) -> Task<std::string> {
      const auto first = co_await select(biased, number.with(1, operation()), number.with(2, operation()));
      const auto both = co_await join(number.with(3, operation()), operation());
      co_return std::to_string(first.index()) + std::to_string(std::get<0>(first)) +
          std::to_string(std::get<0>(both)) + std::to_string(std::get<1>(both));
    }(spend);
  });
}

COROKIT_EXPLORE(TaskLocalSchedules, EveryBranchSeesItsOwn) {
  Gate gate;
  const auto wait = [](Gate& opened) -> Task<int> {
    const int before = seen();
    co_await opened.wait();
    co_return before == seen() ? before : -2;
  };
  auto task = spawn([](auto waits, Gate& opened) -> Task<std::string> {
    const auto all = co_await join(number.with(1, waits(opened)), waits(opened),
                                   number.with(2, join(waits(opened), number.with(3, waits(opened)))));
    const auto inner = std::get<2>(all);
    co_return std::to_string(std::get<0>(all)) + std::to_string(std::get<1>(all)) +
        std::to_string(std::get<0>(inner)) + std::to_string(std::get<1>(inner));
  }(wait, gate));
  const auto open = spawn([](Gate& closed) -> Task<void> {
    closed.open();
    co_return;
  }(gate));
  const auto told = co_await task;
  EXPECT_EQ(*told, "1-123");
}

}  // namespace
}  // namespace corokit
