// Drops awaitables of tasks and of time after each of their steps: by an abort, in a select, and in a timeout.
#include <corokit/abort_on_drop.hpp>
#include <corokit/fork_join.hpp>
#include <corokit/join.hpp>
#include <corokit/join_all.hpp>
#include <corokit/join_map.hpp>
#include <corokit/join_set.hpp>
#include <corokit/ordered.hpp>
#include <corokit/scope.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/task_local.hpp>
#include <corokit/task_tracker.hpp>
#include <corokit/time/delay_queue.hpp>
#include <corokit/time/interval.hpp>
#include <corokit/time/rate_limiter.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/unconstrained.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "support/drop_everywhere.hpp"

namespace corokit::test {
namespace {

using namespace std::chrono_literals;

Task<int> seven(Gate* gate) {
  co_await gate->wait();
  co_return 7;
}

struct JoinHandleScenario : ScenarioBase {
  Gate gate;
  std::optional<JoinHandle<int>> handle;
  int got = 0;
  Task<void> prepare() {
    handle.emplace(spawn(seven(&gate)));
    co_return;
  }
  Task<void> operate() { got = *co_await *handle; }
  Task<void> help() {
    co_await yield_now();
    gate.open();
  }
  Task<bool> again() {
    gate.open();
    if (got == 0) got = *co_await *handle;
    co_return got == 7;
  }
};

struct JoinSetScenario : ScenarioBase {
  Gate gate;
  std::optional<JoinSet<int>> set;
  int got = 0;
  Task<void> prepare() {
    set.emplace();
    for (int i = 0; i < 3; ++i) set->spawn(seven(&gate));
    co_return;
  }
  Task<void> operate() {
    while (auto joined = co_await set->join_next()) got += **joined;
  }
  Task<void> help() {
    co_await yield_now();
    gate.open();
  }
  Task<bool> again() {
    gate.open();
    while (auto joined = co_await set->join_next()) got += **joined;
    co_return got == 21 && set->empty();
  }
};

struct AbortOnDropScenario : ScenarioBase {
  Gate gate;
  std::optional<AbortOnDrop<int>> handle;
  int got = 0;
  Task<void> prepare() {
    handle.emplace(spawn(seven(&gate)));
    co_return;
  }
  Task<void> operate() { got = *co_await *handle; }
  Task<void> help() {
    co_await yield_now();
    gate.open();
  }
  Task<bool> again() {
    gate.open();
    if (got == 0) got = *co_await *handle;
    co_return got == 7;
  }
};

struct JoinSetWithIdScenario : ScenarioBase {
  Gate gate;
  std::optional<JoinSet<int>> set;
  int got = 0;
  Task<void> prepare() {
    set.emplace();
    for (int i = 0; i < 3; ++i) set->spawn(seven(&gate));
    co_return;
  }
  Task<void> operate() {
    while (auto joined = co_await set->join_next_with_id()) got += *joined->second;
  }
  Task<void> help() {
    co_await yield_now();
    gate.open();
  }
  Task<bool> again() {
    gate.open();
    co_await operate();
    co_return got == 21 && set->empty();
  }
};

struct ShutdownScenario : ScenarioBase {
  Gate gate;
  std::optional<JoinSet<int>> set;
  Task<void> prepare() {
    set.emplace();
    for (int i = 0; i < 3; ++i) set->spawn(seven(&gate));
    co_return;
  }
  Task<void> operate() { co_await set->shutdown(); }
  Task<bool> again() {
    co_await set->shutdown();
    co_return set->empty() && gate.waiting() == 0;
  }
};

struct JoinMapScenario : ScenarioBase {
  Gate gate;
  std::optional<JoinMap<int, int>> map;
  int got = 0;
  Task<void> prepare() {
    map.emplace();
    for (int i = 1; i <= 3; ++i) map->spawn(i, seven(&gate));
    co_return;
  }
  Task<void> operate() {
    while (auto joined = co_await map->join_next()) got += joined->first * *joined->second;
  }
  Task<void> help() {
    co_await yield_now();
    gate.open();
  }
  Task<bool> again() {
    gate.open();
    co_await operate();
    co_return got == 42 && map->empty();
  }
};

struct TaskTrackerScenario : ScenarioBase {
  Gate gate;
  TaskTracker tracker;
  Task<void> prepare() {
    for (int i = 0; i < 2; ++i) tracker.spawn(seven(&gate)).detach();
    co_return;
  }
  Task<void> operate() { co_await tracker.wait(); }
  Task<void> help() {
    co_await yield_now();
    gate.open();
    tracker.close();
  }
  Task<bool> again() {
    gate.open();
    tracker.close();
    co_await tracker.wait();
    co_return tracker.empty();
  }
};

struct DelayQueueScenario : ScenarioBase {
  DelayQueue<int> queue;
  int got = 0;
  Task<void> prepare() {
    for (int i = 1; i <= 3; ++i) queue.insert(i, i / 2 * 2ms);
    co_return;
  }
  Task<void> operate() {
    while (auto expired = co_await queue.next()) got = got * 10 + expired->value;
  }
  Task<bool> again() {
    co_await operate();
    co_return got == 123 && queue.empty();
  }
};

struct RateLimiterScenario : ScenarioBase {
  static constexpr std::uint64_t kBurst = 100;
  RateLimiter limiter{1, 1ms, kBurst};
  std::uint64_t taken = 0;
  Instant begin;
  Task<void> prepare() {
    begin = now();
    co_await limiter.acquire(kBurst);
  }
  Task<void> operate() {
    for (int i = 0; i < 2; ++i) {
      co_await limiter.acquire(2);
      taken += 2;
    }
  }
  Task<void> help() {
    co_await limiter.acquire(1);
    ++taken;
  }
  Task<bool> again() {
    const auto passed = static_cast<std::uint64_t>((now() - begin) / 1ms);
    const bool all_there = limiter.available() == std::min(passed - taken, kBurst);
    co_await limiter.acquire(kBurst);  // if a dropped wait was still the first one, this is a deadlock
    co_return all_there;
  }
};

struct ResetSleepScenario : ScenarioBase {
  Instant begin;
  Sleep pause{Instant::max()};
  Task<void> prepare() {
    begin = now();
    pause.reset(begin + 2ms);
    co_return;
  }
  Task<void> operate() {
    co_await pause;
    pause.reset_after(2ms);
    co_await pause;
  }
  Task<bool> again() {
    co_await pause;
    co_return pause.is_elapsed() && now() >= begin + 2ms;
  }
};

/// For operations that keep nothing outside of their own frame. Nothing may remain of them once they are dropped.
struct OwnScenario : ScenarioBase {
  Semaphore semaphore{1};
  Gate gate;
  Task<int> hold_a_permit(int value) {
    const auto permit = co_await semaphore.acquire();
    co_await sleep(1ms);
    co_return value;
  }
  Task<void> help() {
    co_await sleep(2ms);
    gate.open();
  }
  Task<bool> again() {
    const auto permit = co_await semaphore.acquire();
    co_return semaphore.available_permits() == 0;
  }
};

struct SleepScenario : OwnScenario {
  Task<void> operate() {
    const auto permit = co_await semaphore.acquire();
    co_await sleep(3ms);
  }
};

struct TickScenario : ScenarioBase {
  std::optional<Interval> every;
  int ticks = 0;
  Instant begin;
  Task<void> prepare() {
    begin = now();
    every.emplace(interval(2ms));
    co_return;
  }
  Task<void> operate() {
    for (int i = 0; i < 3; ++i) {
      co_await every->tick();
      ++ticks;
    }
  }
  Task<bool> again() {
    // The burst behaviour skips no tick, so the next one is the first that was not taken.
    const Instant due = co_await every->tick();
    co_return due == begin + ticks * 2ms;
  }
};

struct YieldScenario : OwnScenario {
  Task<void> operate() {
    const auto permit = co_await semaphore.acquire();
    for (int i = 0; i < 5; ++i) co_await yield_now();
  }
};

struct TimeoutScenario : OwnScenario {
  Task<void> operate() {
    static_cast<void>(co_await timeout(2ms, hold_a_permit(1)));
    static_cast<void>(co_await timeout(1ms, seven(&gate)));
  }
};

struct SelectScenario : OwnScenario {
  Task<void> operate() {
    static_cast<void>(co_await select(hold_a_permit(1), hold_a_permit(2), seven(&gate)));
  }
};

struct JoinScenario : OwnScenario {
  Task<void> operate() { static_cast<void>(co_await join(hold_a_permit(1), hold_a_permit(2), seven(&gate))); }
};

struct TryJoinScenario : OwnScenario {
  Task<Result<int, int>> fail() {
    const int value = co_await hold_a_permit(1);
    co_return Err<int>(value);
  }
  Task<Result<int, int>> wait() { co_return co_await seven(&gate); }
  Task<void> operate() { static_cast<void>(co_await try_join(wait(), fail())); }
};

struct JoinAllScenario : OwnScenario {
  Task<void> operate() {
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 3; ++i) tasks.push_back(hold_a_permit(i));
    tasks.push_back(seven(&gate));
    static_cast<void>(co_await join_all(std::move(tasks)));
  }
};

struct TryJoinAllScenario : OwnScenario {
  Task<Result<int, int>> fail() {
    const int value = co_await hold_a_permit(1);
    co_return Err<int>(value);
  }
  Task<Result<int, int>> wait() { co_return co_await seven(&gate); }
  Task<void> operate() {
    std::vector<Task<Result<int, int>>> tasks;
    tasks.push_back(wait());
    tasks.push_back(fail());
    static_cast<void>(co_await try_join_all(std::move(tasks)));
  }
};

struct ForkJoinScenario : OwnScenario {
  Task<void> operate() {
    static_cast<void>(co_await fork_join(hold_a_permit(1), hold_a_permit(2), seven(&gate), hold_a_permit(3)));
  }
};

struct OrderedScenario : OwnScenario {
  Task<void> operate() {
    FuturesOrdered<Task<int>> futures;
    futures.push(seven(&gate));
    for (int i = 0; i < 3; ++i) futures.push(hold_a_permit(i));
    while (co_await futures.next()) {
    }
  }
};

struct UnorderedScenario : OwnScenario {
  Task<void> operate() {
    FuturesUnordered<Task<int>> futures;
    for (int i = 0; i < 3; ++i) futures.push(hold_a_permit(i));
    futures.push(seven(&gate));
    while (co_await futures.next()) {
    }
  }
};

struct SpawnBlockingScenario : OwnScenario {
  Task<void> operate() {
    const auto permit = co_await semaphore.acquire();
    static_cast<void>(co_await spawn_blocking([] { return 1; }));
  }
};

struct ScopeScenario : OwnScenario {
  Task<void> operate() {
    co_await scope([this](Scope& s) -> Task<void> {
      auto first = s.spawn(hold_a_permit(1));
      for (int i = 0; i < 2; ++i) s.spawn(hold_a_permit(i));
      s.spawn(seven(&gate));
      co_await first;
      co_await s.join();
    });
  }
};

struct EndedScopeScenario : OwnScenario {
  Task<void> operate() {
    co_await scope([this](Scope& s) -> Task<void> {
      for (int i = 0; i < 2; ++i) s.spawn(hold_a_permit(i));
      co_await seven(&gate);
    });
  }
};

struct TaskLocalScenario : OwnScenario {
  constinit static inline TaskLocal<int> number;
  Task<int> hold_as_many() { co_return co_await hold_a_permit(number.get()); }
  Task<void> operate() {
    static_cast<void>(
        co_await number.with(1, join(hold_as_many(), number.with(2, hold_as_many()), seven(&gate))));
  }
};

struct UnconstrainedScenario : OwnScenario {
  Task<void> operate() { static_cast<void>(co_await unconstrained(join(hold_a_permit(1), seven(&gate)))); }
};

using Scenarios =
    ::testing::Types<JoinHandleScenario, JoinSetScenario, SleepScenario, TickScenario, YieldScenario,
                     TimeoutScenario, SelectScenario, JoinScenario, TryJoinScenario, UnorderedScenario,
                     SpawnBlockingScenario, AbortOnDropScenario, JoinSetWithIdScenario, ShutdownScenario,
                     JoinMapScenario, TaskTrackerScenario, DelayQueueScenario, RateLimiterScenario,
                     ResetSleepScenario, JoinAllScenario, TryJoinAllScenario, ForkJoinScenario,
                     OrderedScenario, ScopeScenario, EndedScopeScenario, TaskLocalScenario,
                     UnconstrainedScenario>;
INSTANTIATE_TYPED_TEST_SUITE_P(Tasks, DropEverywhereOf, Scenarios);

}  // namespace
}  // namespace corokit::test
