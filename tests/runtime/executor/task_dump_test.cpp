#include <corokit/block_in_place.hpp>
#include <corokit/handle.hpp>
#include <corokit/join.hpp>
#include <corokit/join_all.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/task_dump.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <latch>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using State = DumpedTask::State;
using test::Gate;

using TaskDumpOn = test::OnEachRuntime;
COROKIT_ON_EACH_RUNTIME(TaskDumpOn);

Task<void> wait_at(Gate* gate) {
  co_await gate->wait();
}

Task<void> wait_for(JoinHandle<void> handle) {
  static_cast<void>(co_await handle);
}

const DumpedTask* find(const TaskDump& dump, TaskId id) {
  const auto found = std::find_if(dump.tasks.begin(), dump.tasks.end(),
                                  [id](const DumpedTask& task) { return task.id == id; });
  return found == dump.tasks.end() ? nullptr : &*found;
}

/// Returns: where the task waits; another text if it does not.
std::string where(const TaskDump& dump, TaskId id) {
  const DumpedTask* const task = find(dump, id);
  if (!task) return "nowhere: it is over";
  return task->wait ? task->wait->where : "nowhere: it is ready, or runs";
}

/// Runs the runtime until all `handles` wait.
template <class... Handles>
TaskDump dump_at_rest(Runtime& runtime, const Handles&... handles) {
  TaskDump dump;
  test::run_until(runtime, [&] {
    dump = runtime.dump();
    const auto rests = [&dump](TaskId id) {
      const DumpedTask* const task = find(dump, id);
      return task && task->state == State::waiting;
    };
    return (rests(handles.id()) && ...);
  });
  return dump;
}

TEST_P(TaskDumpOn, ShowsWhereATaskWaits) {
  Gate gate;
  Runtime runtime = make();
  const auto handle = runtime.spawn(wait_at(&gate), "Neo");
  const TaskDump dump = dump_at_rest(runtime, handle);
  const DumpedTask* const task = find(dump, handle.id());
  EXPECT_EQ(task->name, "Neo");
  EXPECT_STREQ(task->wait->where, "Gate::wait");
  EXPECT_FALSE(task->wait->for_task);
  EXPECT_FALSE(task->wait->until);
  EXPECT_LE(task->wait->since, dump.time);
}

TEST_P(TaskDumpOn, ShowsTheTaskThatIsJoined) {
  Gate gate;
  Runtime runtime = make();
  auto waits = runtime.spawn(wait_at(&gate));
  const TaskId joined = waits.id();
  const auto joins = runtime.spawn(wait_for(std::move(waits)));
  const TaskDump dump = dump_at_rest(runtime, joins);
  EXPECT_STREQ(find(dump, joins.id())->wait->where, "JoinHandle");
  EXPECT_EQ(find(dump, joins.id())->wait->for_task, joined);
}

TEST_P(TaskDumpOn, ShowsTheOperationsOfACombinator) {
  Gate gate;
  const auto body = [](Gate* of) -> Task<void> {
    co_await timeout(10h, join(of->wait(), select(wait_at(of), sleep(5h))));
  };
  Runtime runtime = make();
  const auto handle = runtime.spawn(body(&gate));
  const TaskDump dump = dump_at_rest(runtime, handle);
  const TaskWait& wait = *find(dump, handle.id())->wait;
  EXPECT_STREQ(wait.where, "timeout");
  ASSERT_EQ(wait.branches.size(), 2u);
  EXPECT_STREQ(wait.branches[1].where, "sleep");
  EXPECT_GT(wait.branches[1].until.value() - dump.time, 9h);
  EXPECT_LE(wait.branches[1].until.value() - dump.time, 10h + 1ms);
  const TaskWait& both = wait.branches[0];
  EXPECT_STREQ(both.where, "join");
  ASSERT_EQ(both.branches.size(), 2u);
  EXPECT_STREQ(both.branches[0].where, "Gate::wait");
  EXPECT_STREQ(both.branches[1].where, "select");
  ASSERT_EQ(both.branches[1].branches.size(), 2u);
  EXPECT_STREQ(both.branches[1].branches[0].where, "Gate::wait");
  EXPECT_STREQ(both.branches[1].branches[1].where, "sleep");
}

TEST_P(TaskDumpOn, ShowsATaskThatRunsEvenIfAllWorkersDo) {
  std::atomic<bool> stop{false};
  std::latch runs(1);
  const auto spin = [](std::atomic<bool>* until, std::latch* begun) -> Task<void> {
    begun->count_down();
    while (!until->load()) std::this_thread::yield();
    co_return;
  };
  Runtime runtime = make();
  const auto handle = runtime.spawn(spin(&stop, &runs), "Smith");
  std::thread driver([&] {
    if (!has_workers()) test::run_until(runtime, [&] { return handle.is_finished(); });
  });
  runs.wait();
  EXPECT_EQ(find(runtime.dump(), handle.id())->state, State::running);
  stop = true;
  driver.join();
  test::run_until(runtime, [&] { return handle.is_finished(); });
}

TEST_P(TaskDumpOn, MayBeMadeByATaskWhichRuns) {
  Gate gate;
  const auto body = [](Gate* of) -> Task<bool> {
    const auto waits = spawn(wait_at(of));
    while (of->waiting() == 0) co_await yield_now();
    TaskDump dump;
    do dump = Handle::current().dump();
    while (find(dump, waits.id())->state != State::waiting);
    co_return find(dump, current_task_id())->state == State::running&& where(dump, waits.id()) ==
        "Gate::wait";
  };
  Runtime runtime = make();
  EXPECT_TRUE(runtime.block_on(body(&gate)));
}

TEST_P(TaskDumpOn, ATaskThatWasLookedAtIsWokenAndAbortedAsBefore) {
  Gate gate;
  Runtime runtime = make();
  const auto woken = runtime.spawn(wait_at(&gate));
  const auto aborted = runtime.spawn(wait_at(&gate));
  dump_at_rest(runtime, woken, aborted);
  aborted.abort();
  gate.open();
  test::run_until(runtime, [&] { return woken.is_finished() && aborted.is_finished(); });
  EXPECT_EQ(find(runtime.dump(), woken.id()), nullptr);
}

TEST_P(TaskDumpOn, IsEmptyWithoutTasks) {
  Runtime runtime = make();
  EXPECT_TRUE(runtime.dump().tasks.empty());
  EXPECT_EQ(runtime.dump().to_string(), "0 tasks\n");
}

TEST_P(TaskDumpOn, IsEmptyAfterTheRuntimeHasEnded) {
  Gate gate;
  Runtime runtime = make();
  runtime.spawn(wait_at(&gate)).detach();
  const Handle handle = runtime.handle();
  EXPECT_EQ(handle.dump().tasks.size(), 1u);
  ASSERT_TRUE(runtime.shutdown(1h));
  EXPECT_TRUE(handle.dump().tasks.empty());
  EXPECT_TRUE(runtime.dump().tasks.empty());
}

TEST(TaskDump, ATaskThatHasNotBegunIsReady) {
  Gate gate;
  Runtime runtime = Runtime::current_thread();
  const auto handle = runtime.spawn(wait_at(&gate));
  EXPECT_EQ(find(runtime.dump(), handle.id())->state, State::ready);
}

TEST(TaskDump, AWokenTaskIsReady) {
  Gate gate;
  Runtime runtime = Runtime::current_thread();
  const auto handle = runtime.spawn(wait_at(&gate));
  dump_at_rest(runtime, handle);
  gate.open();
  const TaskDump dump = runtime.dump();
  EXPECT_EQ(find(dump, handle.id())->state, State::ready);
  EXPECT_FALSE(find(dump, handle.id())->wait);
}

TEST(TaskDump, ATaskInBlockInPlaceRuns) {
  std::latch inside(1);
  std::latch leave(1);
  const auto body = [](std::latch* enters, std::latch* until) -> Task<void> {
    block_in_place([&] {
      enters->count_down();
      until->wait();
    });
    co_return;
  };
  Runtime runtime = Runtime::multi_thread(1);
  const auto handle = runtime.spawn(body(&inside, &leave));
  inside.wait();
  EXPECT_EQ(find(runtime.dump(), handle.id())->state, State::running);
  leave.count_down();
  test::run_until(runtime, [&] { return handle.is_finished(); });
}

TEST(TaskDump, ShowsAHundredThousandTasks) {
  constexpr std::size_t kTasks = 100'000;
  Gate gate;
  Runtime runtime = Runtime::current_thread();
  for (std::size_t i = 0; i < kTasks; ++i) runtime.spawn(wait_at(&gate)).detach();
  EXPECT_EQ(runtime.dump().tasks.size(), kTasks);
  test::run_until(runtime, [&gate] { return gate.waiting() == kTasks; });
  const TaskDump dump = runtime.dump();
  const auto waits = [](const DumpedTask& task) {
    return task.wait && task.wait->where == std::string("Gate::wait");
  };
  EXPECT_EQ(static_cast<std::size_t>(std::count_if(dump.tasks.begin(), dump.tasks.end(), waits)), kTasks);
  EXPECT_TRUE(std::is_sorted(dump.tasks.begin(), dump.tasks.end(),
                             [](const DumpedTask& a, const DumpedTask& b) { return a.id < b.id; }));
  gate.open();
}

TEST(TaskDump, LeavesOutOperationsBeyondThe32nd) {
  const auto many = [](Gate* gate) -> Task<void> {
    std::vector<Task<void>> all;
    for (int i = 0; i < 40; ++i) all.push_back(wait_at(gate));
    FuturesUnordered<Task<void>> futures;
    for (int i = 0; i < 50; ++i) futures.push(wait_at(gate));
    co_await join(join_all(std::move(all)), futures.next());
  };
  Gate gate;
  Runtime runtime = Runtime::current_thread();
  const auto handle = runtime.spawn(many(&gate));
  const TaskWait wait = *find(dump_at_rest(runtime, handle), handle.id())->wait;
  ASSERT_EQ(wait.branches.size(), 2u);
  EXPECT_EQ(wait.branches[0].branches.size(), 32u);
  EXPECT_EQ(wait.branches[0].more, 8u);
  EXPECT_EQ(wait.branches[1].branches.size(), 32u);
  EXPECT_EQ(wait.branches[1].more, 18u);
}

Task<void> nest(Gate* gate, int depth) {
  if (depth == 0)
    co_await gate->wait();
  else
    co_await join(nest(gate, depth - 1));
}

TEST(TaskDump, LeavesOutOperationsThatNestDeeperThanTwelve) {
  Gate gate;
  Runtime runtime = Runtime::current_thread();
  const auto handle = runtime.spawn(nest(&gate, 10'000));
  const TaskDump dump = dump_at_rest(runtime, handle);
  const TaskWait* wait = &*find(dump, handle.id())->wait;
  int depth = 0;
  for (; !wait->branches.empty(); ++depth) wait = wait->branches.data();
  EXPECT_EQ(depth, 12);
  EXPECT_EQ(wait->more, 1u);
}

TEST(TaskDump, OperationsThatAreOverOrHaveNotBegunAreNotShown) {
  const auto body = [](Gate* gate) -> Task<void> {
    co_await select(when(false, sleep(1h)), join(yield_now(), gate->wait()));
  };
  Gate gate;
  Runtime runtime = Runtime::current_thread();
  const auto handle = runtime.spawn(body(&gate));
  const TaskWait wait = *find(dump_at_rest(runtime, handle), handle.id())->wait;
  ASSERT_EQ(wait.branches.size(), 1u);
  ASSERT_EQ(wait.branches[0].branches.size(), 1u);
  EXPECT_STREQ(wait.branches[0].branches[0].where, "Gate::wait");
}

TEST(TaskDump, SinceIsTheTimeWhenTheWaitBegan) {
  const auto body = [](Gate* gate) -> Task<void> {
    co_await sleep(3h);
    co_await gate->wait();
  };
  Gate gate;
  sim::Simulation simulation;
  simulation.spawn(body(&gate)).detach();
  simulation.advance(1h);
  EXPECT_STREQ(simulation.dump().tasks.at(0).wait->where, "sleep");
  simulation.advance(4h);
  const TaskDump dump = simulation.dump();
  EXPECT_EQ(dump.time, simulation.now());
  const TaskWait& wait = *dump.tasks.at(0).wait;
  EXPECT_STREQ(wait.where, "Gate::wait");
  EXPECT_GE(dump.time - wait.since, 2h);
  EXPECT_LE(dump.time - wait.since, 2h + 2ms);
}

TEST(TaskDump, SinceFollowsTheClockOfAThreadThatSlept) {
  Gate gate;
  const auto body = [](Gate* of) -> Task<void> {
    co_await sleep(50ms);
    co_await of->wait();
  };
  for (auto make : {+[] { return Runtime::multi_thread(1); }, +[] { return Runtime::global_queue(1); },
                    +[] { return Runtime::current_thread(); }}) {
    Runtime runtime = make();
    const Instant before = now();
    const auto handle = runtime.spawn(body(&gate));
    const auto wait = [](Gate* of) -> Task<void> {
      while (of->waiting() == 0) co_await sleep(1ms);
    };
    runtime.block_on(wait(&gate));
    const TaskDump dump = dump_at_rest(runtime, handle);
    EXPECT_GE(find(dump, handle.id())->wait->since - before, 48ms);
  }
}

TEST(TaskDump, IsTextForPeople) {
  Mutex<int> mutex(1);
  const auto lock = [](Mutex<int>* of) -> Task<void> { co_await of->lock(); };
  const auto receive = []() -> Task<void> {
    auto channel = mpsc::channel<int>(1);
    co_await timeout(500ms, channel.rx.recv());
  };
  sim::Simulation simulation;
  const auto guard = mutex.try_lock();
  auto session = simulation.spawn(lock(&mutex), "session");
  simulation.advance(90min);
  simulation.spawn(receive()).detach();
  simulation.spawn(wait_for(std::move(session)), "Oracle").detach();
  simulation.advance(250ms);
  simulation.spawn(receive(), "late").detach();
  const std::string text = simulation.dump().to_string();
  const std::string expected =
      "4 tasks: 3 wait, 1 is ready\n"
      "  task 1 (session) waits in Mutex::lock, for 1.5 h\n"
      "  task 2 waits in timeout, for 250 ms:\n"
      "    mpsc::Receiver::recv, for 250 ms\n"
      "    sleep, for 250 ms, 250 ms to go\n"
      "  task 3 (Oracle) waits in JoinHandle, for 250 ms, for task 1 (session)\n"
      "  task 4 (late) is ready\n";
  EXPECT_EQ(text, expected);
  std::ostringstream out;
  out << simulation.dump();
  EXPECT_EQ(out.str(), expected);
}

}  // namespace
}  // namespace corokit
