// What the headers beside corokit/sync/ promise of n operations in a row, and of combinators with many operands.
#include <corokit/abort_on_drop.hpp>
#include <corokit/join.hpp>
#include <corokit/join_all.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/join_map.hpp>
#include <corokit/join_set.hpp>
#include <corokit/ordered.hpp>
#include <corokit/pin.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/task.hpp>
#include <corokit/task_tracker.hpp>
#include <corokit/time/delay_queue.hpp>
#include <corokit/time/interval.hpp>
#include <corokit/time/rate_limiter.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "complexity/table.hpp"

namespace corokit::test {
namespace {

using namespace std::chrono_literals;

constexpr double kGivesWay = 1 / 128.0;  // a wait that gives way first, because the budget is spent
constexpr Memory kReady{.once = 1, .each = kGivesWay};
constexpr std::size_t kTables = 16;  // the tables of a runtime, which grow with the number of tasks

Task<void> do_nothing() {
  co_return;
}

/// A row of the table whose body is a coroutine. It runs alone, on the calling thread.
template <Task<void> (*kBody)(Count&, std::size_t)>
void in_a_task(Count& count, std::size_t n) {
  Runtime::current_thread().block_on(kBody(count, n));
}

/// As in_a_task(), in virtual time.
template <Task<void> (*kBody)(Count&, std::size_t)>
void in_simulation(Count& count, std::size_t n) {
  EXPECT_TRUE(sim::run({}, kBody(count, n)));
}

/// Counts `n` awaits of what `make()` gives.
template <class Make>
Task<void> count_awaits(Count& count, std::size_t n, Make make) {
  count.start();
  for (std::size_t i = 0; i < n; ++i) static_cast<void>(co_await make());
  count.stop();
}

Task<void> yields(Count& count, std::size_t n) {
  return count_awaits(count, n, [] { return yield_now(); });
}
Task<void> budgets(Count& count, std::size_t n) {
  return count_awaits(count, n, [] { return consume_budget(); });
}
Task<void> children(Count& count, std::size_t n) {
  return count_awaits(count, n, [] { return do_nothing(); });
}
Task<void> sleeps_that_are_over(Count& count, std::size_t n) {
  return count_awaits(count, n, [] { return sleep(0s); });
}
Task<void> sleeps_that_are_dropped(Count& count, std::size_t n) {
  return count_awaits(count, n, [] { return select(biased, sleep(1h), consume_budget()); });
}
Task<void> timeouts(Count& count, std::size_t n) {
  return count_awaits(count, n, [] { return timeout(1h, consume_budget()); });
}
Task<void> timeouts_of_waits(Count& count, std::size_t n) {
  return count_awaits(count, n, [] { return timeout(1h, yield_now()); });
}
Task<void> ticks(Count& count, std::size_t n) {
  Interval every = interval(1ns);
  co_await every.tick();
  co_await count_awaits(count, n, [&every] { return every.tick(); });
}
Task<void> waits_for_a_pinned_operation(Count& count, std::size_t n) {
  Notify never;
  auto pinned = pin(never.notified());
  co_await count_awaits(count, n, [&pinned] { return select(biased, pinned, yield_now()); });
}
Task<void> runs_until_cancelled(Count& count, std::size_t n) {
  const CancellationToken token;
  co_await count_awaits(count, n, [&token] { return token.run_until_cancelled(yield_now()); });
}
Task<void> sends_with_a_limit(Count& count, std::size_t n) {
  auto [sender, receiver] = mpsc::channel<int>(n);
  co_await count_awaits(count, n, [&sender = sender] { return sender.send_timeout(1, 1h); });
}

template <class Spawn>
Task<void> count_spawns(Count& count, std::size_t n, Spawn spawn_one) {
  std::vector<JoinHandle<void>> handles;
  handles.reserve(n);
  count.start();
  for (std::size_t i = 0; i < n; ++i) handles.push_back(spawn_one());
  count.stop();
  for (auto& handle : handles) static_cast<void>(co_await handle);
}
Task<void> spawns(Count& count, std::size_t n) {
  return count_spawns(count, n, [] { return spawn(do_nothing()); });
}
Task<void> spawns_of_callables(Count& count, std::size_t n) {
  return count_spawns(count, n, [] { return spawn(&do_nothing); });
}
Task<void> spawns_with_names(Count& count, std::size_t n) {
  return count_spawns(count, n,
                      [] { return spawn(do_nothing(), "a name that is longer than a short string"); });
}

/// Counts what it costs to await the handles of tasks that wait until all handles but the first are awaited.
Task<void> joins(Count& count, std::size_t n) {
  Notify gate;
  std::vector<JoinHandle<void>> handles;
  handles.reserve(n);
  for (std::size_t i = 0; i < n; ++i)
    handles.push_back(spawn([](Notify& closed) -> Task<void> { co_await closed.notified(); }(gate)));
  co_await yield_now();
  count.start();
  gate.notify_waiters();
  for (auto& handle : handles) static_cast<void>(co_await handle);
  count.stop();
}

Task<void> members_of_a_join_set(Count& count, std::size_t n) {
  JoinSet<void> set;
  count.start();
  for (std::size_t i = 0; i < n; ++i) set.spawn(do_nothing());
  while (co_await set.join_next()) {
  }
  count.stop();
}
Task<void> results_of_a_join_set(Count& count, std::size_t n) {
  JoinSet<void> set;
  for (std::size_t i = 0; i < n; ++i) set.spawn(do_nothing());
  count.start();
  while (co_await set.join_next()) {
  }
  count.stop();
}
Task<void> operations_of_futures_unordered(Count& count, std::size_t n) {
  FuturesUnordered<decltype(yield_now())> futures;
  count.start();
  for (std::size_t i = 0; i < n; ++i) futures.push(yield_now());
  while (co_await futures.next()) {
  }
  count.stop();
}
Task<void> results_of_futures_unordered(Count& count, std::size_t n) {
  Notify gate;
  FuturesUnordered<decltype(gate.notified())> futures;
  for (std::size_t i = 0; i < n; ++i) futures.push(gate.notified());
  static_cast<void>(co_await select(biased, futures.next(), yield_now()));
  count.start();
  gate.notify_waiters();
  while (co_await futures.next()) {
  }
  count.stop();
}
Task<void> operations_of_join_all(Count& count, std::size_t n) {
  std::vector<decltype(yield_now())> yields;
  for (std::size_t i = 0; i < n; ++i) yields.push_back(yield_now());
  count.start();
  static_cast<void>(co_await join_all(std::move(yields)));
  count.stop();
}
/// Counts the wait for operations that are each woken alone, the last one first.
Task<void> results_of_join_all(Count& count, std::size_t n) {
  std::vector<Task<void>> tasks;
  for (std::size_t i = 0; i < n; ++i)
    tasks.push_back([](std::size_t turns) -> Task<void> { co_await sleep(turns * 1ms); }(n - i));
  auto everything = join_all(std::move(tasks));
  count.start();
  static_cast<void>(co_await everything);
  count.stop();
}
Task<void> operations_of_futures_ordered(Count& count, std::size_t n) {
  FuturesOrdered<decltype(yield_now())> futures;
  count.start();
  for (std::size_t i = 0; i < n; ++i) futures.push(yield_now());
  while (co_await futures.next()) {
  }
  count.stop();
}
Task<void> tasks_of_a_join_map(Count& count, std::size_t n) {
  JoinMap<std::size_t, void> map;
  count.start();
  for (std::size_t i = 0; i < n; ++i) map.spawn(i, do_nothing());
  for (std::size_t i = 0; i < n; i += 2) map.spawn(i, do_nothing());  // these are replaced
  while (co_await map.join_next()) {
  }
  count.stop();
}
Task<void> tasks_that_are_tracked(Count& count, std::size_t n) {
  const TaskTracker tracker;
  count.start();
  for (std::size_t i = 0; i < n; ++i) tracker.spawn(do_nothing()).detach();
  tracker.close();
  co_await tracker.wait();
  count.stop();
}
Task<void> tasks_that_are_aborted_on_drop(Count& count, std::size_t n) {
  count.start();
  for (std::size_t i = 0; i < n; ++i) static_cast<void>(AbortOnDrop<void>(spawn(do_nothing())));
  count.stop();
  co_await yield_now();
}
Task<void> items_that_expire(Count& count, std::size_t n) {
  DelayQueue<std::size_t> queue;
  for (std::size_t i = 0; i < n; ++i) queue.insert(i, -1s);
  count.start();
  while (co_await queue.next()) {
  }
  count.stop();
}
Task<void> a_wait_among_many_items(Count& count, std::size_t n) {
  DelayQueue<std::size_t> queue;
  std::vector<DelayQueue<std::size_t>::Key> keys;
  for (std::size_t i = 0; i < n; ++i) keys.push_back(queue.insert(i, 1h));
  count.start();
  for (int i = 0; i < 10; ++i) {
    static_cast<void>(co_await select(biased, queue.next(), yield_now()));
    queue.reset(keys[n / 2], 2h);
    queue.remove(queue.insert(0, 1s));
  }
  count.stop();
}
Task<void> tokens_that_are_there(Count& count, std::size_t n) {
  RateLimiter limiter(1, 1h, 2 * n);
  count.start();
  for (std::size_t i = 0; i < n; ++i) co_await limiter.acquire();
  for (std::size_t i = 0; i < n; ++i) static_cast<void>(limiter.try_acquire());
  count.stop();
}
void a_queue_for_tokens(Count& count, std::size_t n) {
  RateLimiter limiter(1, 1h, 1);
  static_cast<void>(limiter.try_acquire());
  count_arrivals(count, n, [&] { return limiter.acquire(); });
  count_drops(count, n, [&] { return limiter.acquire(); });
}
void blocking_calls_that_do_not_wait(Count& count, std::size_t n) {
  Mutex<int> mutex;
  count.start();
  for (std::size_t i = 0; i < n; ++i) static_cast<void>(mutex.blocking_lock());
  count.stop();
}

const Row kTasks[]{
    {"Yields", &in_a_task<&yields>},
    {"BudgetConsumed", &in_a_task<&budgets>, Growth::linear, kReady},
    {"Children", &in_a_task<&children>, Growth::linear, {.once = 0, .each = 1}},
    {"SleepsThatAreOver", &in_a_task<&sleeps_that_are_over>, Growth::linear, kReady},
    {"SleepsThatAreDropped", &in_a_task<&sleeps_that_are_dropped>},
    {"Timeouts", &in_a_task<&timeouts>},
    {"TimeoutsOfWaits", &in_a_task<&timeouts_of_waits>},
    {"Ticks", &in_a_task<&ticks>, Growth::linear, kReady},
    {"WaitsForAPinnedOperation", &in_a_task<&waits_for_a_pinned_operation>},
    {"RunsUntilCancelled", &in_a_task<&runs_until_cancelled>},
    {"SendsWithALimit", &in_a_task<&sends_with_a_limit>, Growth::linear, {.once = 1, .each = 1 + 1 / 32.0}},
    {"Spawns", &in_a_task<&spawns>, Growth::linear, {.once = kTables, .each = 1}},
    {"SpawnsOfCallables", &in_a_task<&spawns_of_callables>, Growth::linear, {.once = kTables, .each = 2}},
    {"SpawnsWithNames", &in_a_task<&spawns_with_names>, Growth::linear, {.once = 4 * kTables, .each = 3}},
    {"Joins", &in_a_task<&joins>, Growth::linear, kReady},
    {"MembersOfAJoinSet",
     &in_a_task<&members_of_a_join_set>,
     Growth::linear,
     {.once = kTables, .each = 2 + kGivesWay}},
    {"ResultsOfAJoinSet", &in_a_task<&results_of_a_join_set>, Growth::linear, kReady},
    {"OperationsOfFuturesUnordered",
     &in_a_task<&operations_of_futures_unordered>,
     Growth::linear,
     {.once = 0, .each = 1}},
    {"ResultsOfFuturesUnordered", &in_a_task<&results_of_futures_unordered>},
    {"OperationsOfJoinAll", &in_a_task<&operations_of_join_all>, Growth::linear, {.once = 2, .each = 0}},
    {"ResultsOfJoinAll", &in_simulation<&results_of_join_all>, Growth::linear, {.once = 10, .each = 0.5}},
    {"OperationsOfFuturesOrdered",
     &in_a_task<&operations_of_futures_ordered>,
     Growth::linear,
     {.once = 0, .each = 1}},
    {"TasksOfAJoinMap", &in_a_task<&tasks_of_a_join_map>, Growth::linear, {.once = 2 * kTables, .each = 5}},
    {"TasksThatAreTracked",
     &in_a_task<&tasks_that_are_tracked>,
     Growth::linear,
     {.once = kTables, .each = 2}},
    {"TasksThatAreAbortedOnDrop",
     &in_a_task<&tasks_that_are_aborted_on_drop>,
     Growth::linear,
     {.once = kTables, .each = 1}},
    {"ItemsThatExpire", &in_a_task<&items_that_expire>, Growth::linear, kReady},
    {"AWaitAmongManyItems",
     &in_a_task<&a_wait_among_many_items>,
     Growth::logarithmic,
     {.once = 40, .each = 0}},
    {"TokensThatAreThere", &in_a_task<&tokens_that_are_there>, Growth::linear, kReady},
    {"AQueueForTokens", &a_queue_for_tokens},
    {"BlockingCallsThatDoNotWait", &blocking_calls_that_do_not_wait},
};
COROKIT_TEST_COMPLEXITY(TaskComplexity, kTasks);

/// Counts the wait for `combine(operation...)`, of as many operations that wait as there are indices.
template <std::size_t... I, class Combine>
Task<void> combine_operands(Count& count, std::index_sequence<I...>, Combine combine) {
  count.start();
  static_cast<void>(co_await combine((static_cast<void>(I), yield_now())...));
  count.stop();
}

/// Expects that a combinator of 32 operands takes no more than four times the steps of one of 8, and does not allocate.
template <class Combine>
void expect_linear_in_its_operands(Combine combine) {
  Count few;
  Count many;
  Runtime::current_thread().block_on(combine_operands(few, std::make_index_sequence<8>(), combine));
  Runtime::current_thread().block_on(combine_operands(many, std::make_index_sequence<32>(), combine));
  EXPECT_LE(static_cast<double>(many.steps()), 4.4 * static_cast<double>(few.steps()));
  EXPECT_EQ(few.allocations() + many.allocations(), 0u);
}

TEST(CombinatorsComplexity, ASelectIsLinearInItsOperands) {
  expect_linear_in_its_operands([](auto&&... all) { return select(std::move(all)...); });
}

TEST(CombinatorsComplexity, AJoinIsLinearInItsOperands) {
  expect_linear_in_its_operands([](auto&&... all) { return join(std::move(all)...); });
}

TEST(SpawnBlockingComplexity, ACallIsOneAllocation) {
  constexpr std::size_t kCalls = 128;
  constexpr std::size_t kThreads = 8;  // allocations for new threads, and for the lists that hold them
  Count count;
  Runtime::current_thread().block_on([](Count& calls) -> Task<void> {
    for (std::size_t i = 0; i < kCalls; ++i) {
      calls.start();
      auto handle = spawn_blocking([] {});
      calls.stop();
      static_cast<void>(co_await handle);
    }
  }(count));
  EXPECT_GE(count.allocations(), kCalls);
  EXPECT_LE(count.allocations(), kCalls + kThreads);
}

}  // namespace
}  // namespace corokit::test
