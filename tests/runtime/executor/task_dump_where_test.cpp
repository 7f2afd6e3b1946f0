// Each public awaitable is named by a dump, wherever it is awaited.
#include <corokit/io/pipe.hpp>
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/task_dump.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <utility>

#include "support/pending_operations.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using State = DumpedTask::State;
using test::PendingPrimitives;

const DumpedTask* find(const TaskDump& dump, const std::string& name) {
  for (const DumpedTask& task : dump.tasks)
    if (task.name == name) return &task;
  return nullptr;
}

/// Starts a task that makes the primitives and awaits `body(primitives)`, and lets it wait for a second of
/// virtual time.
/// Returns: where it waits.
template <class Body>
TaskWait wait_of(Body body) {
  sim::Simulation simulation;
  const auto it = [body]() -> Task<void> {
    PendingPrimitives primitives;
    co_await body(primitives);
  };
  auto handle = simulation.spawn(it(), "it");
  simulation.advance(1s);
  const TaskDump dump = simulation.dump();
  const DumpedTask* const task = find(dump, "it");
  if (!task || !task->wait) {
    ADD_FAILURE() << "it does not wait: " << dump.to_string();
    return {};
  }
  EXPECT_EQ(task->state, State::waiting);
  EXPECT_EQ(task->id, handle.id());
  EXPECT_LE(simulation.now() - 1s - task->wait->since, 2ms);
  EXPECT_GE(simulation.now() - 1s, task->wait->since);
  handle.detach();
  return *task->wait;
}

/// Awaits what `make` makes, in a coroutine that it awaits.
template <class Make>
Task<void> await_in_child(Make make, PendingPrimitives& primitives) {
  co_await make(primitives);
}

TEST(TaskDumpWhere, NamesEachAwaitableThatATaskAwaits) {
  test::for_each_pending_operation([](const char* name, auto make) {
    EXPECT_STREQ(wait_of([make](PendingPrimitives& p) { return make(p); }).where, name);
  });
}

TEST(TaskDumpWhere, NamesEachAwaitableThatAChildAwaits) {
  test::for_each_pending_operation([](const char* name, auto make) {
    EXPECT_STREQ(wait_of([make](PendingPrimitives& p) { return await_in_child(make, p); }).where, name);
  });
}

TEST(TaskDumpWhere, NamesEachAwaitableThatIsAnOperand) {
  test::for_each_pending_operation([](const char* name, auto make) {
    const TaskWait wait = wait_of([make](PendingPrimitives& p) { return select(make(p), sleep(1h)); });
    EXPECT_STREQ(wait.where, "select");
    ASSERT_EQ(wait.branches.size(), 2u) << name;
    EXPECT_STREQ(wait.branches[0].where, name);
    EXPECT_STREQ(wait.branches[1].where, "sleep");
    EXPECT_LE(wait.branches[0].since - wait.since, 2ms);
  });
}

TEST(TaskDumpWhere, NamesEachAwaitableThatAChildOperandAwaits) {
  test::for_each_pending_operation([](const char* name, auto make) {
    const TaskWait wait = wait_of([make](PendingPrimitives& p) { return join(await_in_child(make, p)); });
    ASSERT_EQ(wait.branches.size(), 1u) << name;
    EXPECT_STREQ(wait.branches[0].where, name);
  });
}

TEST(TaskDumpWhere, NamesWhatACoroutineOfTheLibraryAwaits) {
  const auto get = [](PendingPrimitives& p) { return p.cell.get_or_init([&p] { return p.never(); }); };
  EXPECT_STREQ(wait_of(get).where, "Gate::wait");
}

TEST(TaskDumpWhere, ShowsTheBodyAndTheChildrenOfAScope) {
  const auto waits = [](PendingPrimitives* p) -> Task<void> {
    co_await scope([p](Scope& s) -> Task<void> {
      auto child = s.spawn(p->never());
      co_await child;
    });
  };
  const TaskWait wait = wait_of([waits](PendingPrimitives& p) { return waits(&p); });
  EXPECT_STREQ(wait.where, "scope");
  ASSERT_EQ(wait.branches.size(), 2u);
  EXPECT_STREQ(wait.branches[0].where, "ScopedJoinHandle");
  EXPECT_STREQ(wait.branches[1].where, "Gate::wait");

  const auto joins = [](PendingPrimitives* p) -> Task<void> {
    co_await scope([p](Scope& s) -> Task<void> {
      s.spawn(p->never());
      co_await s.join();
    });
  };
  EXPECT_STREQ(wait_of([joins](PendingPrimitives& p) { return joins(&p); }).branches.at(0).where,
               "Scope::join");
}

TEST(TaskDumpWhere, NamesTheReadinessOfADescriptor) {
  Runtime runtime = Runtime::current_thread();
  const auto read = []() -> Task<void> {
    auto pipe = io::make_pipe().value();
    char byte = 0;
    static_cast<void>(co_await pipe.first.read({&byte, 1}));
  };
  const auto look = [](Runtime* of) -> Task<TaskDump> {
    co_await yield_now();
    co_return of->dump();
  };
  runtime.spawn(read(), "reads").detach();
  const TaskDump dump = runtime.block_on(look(&runtime));
  const DumpedTask* const task = find(dump, "reads");
  ASSERT_TRUE(task && task->wait) << dump;
  EXPECT_STREQ(task->wait->where, "the readiness of a descriptor");
}

// A new awaitable must be added to pending_operations.hpp, or stand here, with the reason why a task never
// rests there or with the test above that plays it.
TEST(TaskDumpWhere, PlaysEveryAwaitableOfTheLibrary) {
  std::set<std::string> played{"yield_now",   "consume_budget",    // the task is ready
                               "scope",       "ScopedJoinHandle",  // ShowsTheBodyAndTheChildrenOfAScope
                               "Scope::join", "the readiness of a descriptor"};
  const auto note = [&played](const char* name, auto) { played.insert(name); };
  test::for_each_pending_operation(note);
  test::for_each_pending_coroutine(note);
  const std::regex line("kName =([^;]*);");
  const std::regex text("\"([^\"]*)\"");
  std::size_t found = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(ROOT "/runtime/include/corokit")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    const std::string source(std::istreambuf_iterator<char>(file), {});
    for (std::sregex_iterator kind(source.begin(), source.end(), line), end; kind != end; ++kind) {
      const std::string value = (*kind)[1];
      for (std::sregex_iterator name(value.begin(), value.end(), text); name != end; ++name, ++found)
        EXPECT_TRUE(played.contains((*name)[1])) << (*name)[1] << " in " << entry.path();
    }
  }
  EXPECT_GT(found, 40u);
}

}  // namespace
}  // namespace corokit
