#include <corokit/runtime.hpp>
#include <corokit/runtime_builder.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <pthread.h>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <initializer_list>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Gate;
using test::nothing;

/// The builder of the kind of runtime that a test runs on.
class BuiltOn : public test::OnEachRuntime {
 protected:
  static RuntimeBuilder builder() {
    using Executor = test::RuntimeKind::Executor;
    RuntimeBuilder builder = Runtime::builder();
    if (GetParam().executor == Executor::current_thread) return builder.current_thread();
    if (GetParam().executor == Executor::global_queue) builder.global_queue();
    return builder.workers(GetParam().workers);
  }
};
COROKIT_ON_EACH_RUNTIME(BuiltOn);

std::string name_of_this_thread() {
  std::array<char, 16> name{};
  ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  return name.data();
}

/// What the hooks of tasks were told.
class Told {
 public:
  void started(TaskId task, const std::string& name) {
    const std::lock_guard lock(mutex_);
    EXPECT_TRUE(started_.emplace(task, name).second) << "twice";
  }
  void ended(TaskId task, const std::string& name) {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(started_.at(task), name);
    EXPECT_TRUE(ended_.insert(task).second) << "twice";
  }
  std::size_t starts() const {
    const std::lock_guard lock(mutex_);
    return started_.size();
  }
  std::size_t ends() const {
    const std::lock_guard lock(mutex_);
    return ended_.size();
  }
  std::string name(TaskId task) const {
    const std::lock_guard lock(mutex_);
    return started_.at(task);
  }
  RuntimeBuilder& hear(RuntimeBuilder& builder) {
    return builder.on_task_start([this](TaskId task, const std::string& name) { started(task, name); })
        .on_task_end([this](TaskId task, const std::string& name) { ended(task, name); });
  }

 private:
  mutable std::mutex mutex_;
  std::map<TaskId, std::string> started_;
  std::set<TaskId> ended_;
};

TEST_P(BuiltOn, TheRuntimeRunsTasksOnItsWorkers) {
  Runtime runtime = builder().build();
  EXPECT_EQ(runtime.block_on(test::give_later(42)), 42);
  EXPECT_EQ(runtime.metrics().workers.size(), has_workers() ? GetParam().workers : 1U);
}

TEST_P(BuiltOn, EachTaskIsToldOfOnceWhenItStartsAndOnceWhenItEnds) {
  auto body = []() -> Task<TaskId> {
    std::vector<JoinHandle<void>> tasks;
    for (int i = 0; i < 20; ++i)
      tasks.push_back(spawn(test::until([i, left = 3]() mutable { return i % 2 || !left--; })));
    for (auto& task : tasks) static_cast<void>(co_await task);
    auto named = spawn(nothing(), "Mouse");
    const TaskId id = named.id();
    static_cast<void>(co_await named);
    co_return id;
  };
  Told told;
  {
    RuntimeBuilder builder = BuiltOn::builder();
    Runtime runtime = told.hear(builder).build();
    const TaskId named = runtime.block_on(body());
    EXPECT_EQ(told.starts(), 22U);
    EXPECT_EQ(told.ends(), 22U) << "each end is told before the handle resolves";
    EXPECT_EQ(told.name(named), "Mouse");
  }
  EXPECT_EQ(told.ends(), 22U);
}

TEST_P(BuiltOn, TasksThatFailAreAbortedOrAreDroppedEndToo) {
  auto fail = []() -> Task<void> {
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  Told told;
  test::Census census;
  Gate never;
  {
    RuntimeBuilder builder = BuiltOn::builder();
    Runtime runtime = told.hear(builder).on_unhandled_exception([](const UnhandledException&) {}).build();
    runtime.spawn(fail()).detach();
    for (int i = 0; i < 10; ++i) runtime.spawn(wait_at(&never, test::Counted(census))).detach();
    const auto aborted = runtime.spawn(wait_at(&never, test::Counted(census)));
    runtime.block_on(nothing());
    aborted.abort();
    test::run_until(runtime, [&] { return aborted.is_finished(); });
  }
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(told.starts(), 14U);
  EXPECT_EQ(told.ends(), 14U);
}

TEST_P(BuiltOn, TheHookOfAnEndKnowsTheCurrentTask) {
  std::atomic<int> right = 0;
  {
    Runtime runtime = builder()
                          .on_task_end([&](TaskId task, const std::string& name) {
                            right += current_task_id() == task && current_task_name() == name;
                          })
                          .build();
    runtime.block_on(nothing());
    runtime.spawn(nothing(), "Mouse").detach();
  }
  EXPECT_EQ(right, 2);
}

TEST_P(BuiltOn, FunctionsThatBlockAreNoTasks) {
  Told told;
  {
    RuntimeBuilder builder = BuiltOn::builder();
    Runtime runtime = told.hear(builder).build();
    runtime.spawn_blocking([] {}).detach();
  }
  EXPECT_EQ(told.starts(), 0U);
}

TEST_P(BuiltOn, EachThreadCallsItsHooksOnce) {
  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  const int workers = static_cast<int>(GetParam().workers);
  {
    Runtime runtime = builder()
                          .on_thread_start([&] {
                            const std::lock_guard lock(mutex);
                            EXPECT_TRUE(threads.insert(std::this_thread::get_id()).second);
                            ++begun;
                          })
                          .on_thread_stop([&] {
                            const std::lock_guard lock(mutex);
                            EXPECT_EQ(threads.count(std::this_thread::get_id()), 1U);
                            ++ended;
                          })
                          .build();
    std::atomic<bool> ran = false;
    runtime.spawn_blocking([&] { ran = true; }).detach();
    test::run_until(runtime, [&] { return ran.load(); });
    test::run_until(runtime, [&] { return begun == workers + 1; });
    EXPECT_EQ(threads.count(std::this_thread::get_id()), 0U)
        << "the thread of block_on() is not the runtime's";
    EXPECT_EQ(ended, 0);
  }
  EXPECT_EQ(begun, workers + 1);
  EXPECT_EQ(ended, workers + 1);
}

TEST_P(BuiltOn, AHookOfAThreadIsNotInsideTheRuntime) {
  std::atomic<int> refused = 0;
  const auto spawn_something = [&] {
    try {
      spawn(nothing()).detach();
    } catch (const std::logic_error&) {
      ++refused;
    }
  };
  {
    const Runtime runtime =
        builder().on_thread_start(spawn_something).on_thread_stop(spawn_something).build();
  }
  EXPECT_EQ(refused, 2 * static_cast<int>(GetParam().workers));
}

TEST_P(BuiltOn, OneNameIsThatOfAllThreads) {
  auto body = []() -> Task<std::string> {
    auto name = spawn_blocking([] { return name_of_this_thread(); });
    const auto result = co_await name;
    co_return name_of_this_thread() + "/" + result.value();
  };
  Runtime runtime = builder().thread_name("fifteen letters").build();
  const std::string caller = name_of_this_thread();
  EXPECT_EQ(runtime.block_on(body()), (has_workers() ? "fifteen letters" : caller) + "/fifteen letters");
}

TEST_P(BuiltOn, AFunctionNamesEachThreadByItsIndex) {
  auto body = []() -> Task<std::string> {
    auto name = spawn_blocking([] { return name_of_this_thread(); });
    const auto result = co_await name;
    co_return result.value();
  };
  std::mutex mutex;
  std::multiset<std::size_t> indices;
  Runtime runtime = builder()
                        .thread_name([&](std::size_t index) {
                          const std::lock_guard lock(mutex);
                          indices.insert(index);
                          return "a long name no " + std::to_string(index);
                        })
                        .build();
  EXPECT_EQ(runtime.block_on(body()), "a long name no ") << "it is cut off";
  const std::size_t threads = GetParam().workers + 1;
  test::run_until(runtime, [&] {
    const std::lock_guard lock(mutex);
    return indices.size() == threads;
  });
  for (std::size_t i = 0; i < threads; ++i) EXPECT_EQ(indices.count(i), 1U) << i;
}

TEST_P(BuiltOn, NoMoreThreadsBlockThanTheLimitSays) {
  Runtime runtime = builder().blocking_limit(2).build();
  std::atomic<bool> go = false;
  std::atomic<int> inside = 0;
  std::vector<JoinHandle<void>> jobs;
  for (int i = 0; i < 5; ++i)
    jobs.push_back(runtime.spawn_blocking([&] {
      ++inside;
      while (!go) std::this_thread::yield();
    }));
  test::run_until(runtime, [&] { return inside == 2; });
  EXPECT_EQ(runtime.metrics().blocking_threads, 2U);
  EXPECT_EQ(runtime.metrics().blocking_queue_depth, 3U);
  go = true;
  test::run_until(runtime, [&] { return inside == 5; });
  EXPECT_EQ(runtime.metrics().blocking_threads, 2U);
}

TEST_P(BuiltOn, AThreadThatIsNotKeptAliveEndsAfterItsFunction) {
  std::atomic<int> ended = 0;
  Runtime runtime = builder().blocking_keep_alive(0s).on_thread_stop([&] { ++ended; }).build();
  for (int i = 1; i <= 3; ++i) {
    runtime.spawn_blocking([] {}).detach();
    test::run_until(runtime, [&] { return runtime.metrics().blocking_threads == 0 && ended == i; });
  }
}

TEST_P(BuiltOn, AnExceptionThatNobodyTakesGoesToTheHandler) {
  auto fail = []() -> Task<void> {
    throw std::runtime_error("broken");
    co_return;
  };
  std::atomic<int> told = 0;
  {
    Runtime runtime = builder().on_unhandled_exception([&](const UnhandledException&) { ++told; }).build();
    runtime.spawn(fail()).detach();
    test::run_until(runtime, [&] { return told == 1; });
  }
  EXPECT_EQ(told, 1);
}

TEST(RuntimeBuilder, BuildsAsOftenAsItIsAsked) {
  std::atomic<int> begun = 0;
  const RuntimeBuilder builder = Runtime::builder().workers(2).on_thread_start([&] { ++begun; });
  {
    const Runtime one = builder.build();
    const Runtime other = builder.build();
  }
  EXPECT_EQ(begun, 4);
}

TEST(RuntimeBuilder, WhatCannotBeIsRefused) {
  RuntimeBuilder builder;
  EXPECT_THROW(builder.workers(0), std::invalid_argument);
  EXPECT_THROW(builder.workers(1025), std::invalid_argument);
  EXPECT_THROW(builder.blocking_limit(0), std::invalid_argument);
  EXPECT_THROW(builder.thread_name("sixteen letters!"), std::invalid_argument);
}

// The thread that starts the next one must not wait for itself, nor for what the hook of another thread waits for.
TEST(RuntimeBuilder, TheHookOfAThreadThatStopsMayUseAHandle) {
  std::optional<Handle> handle;
  std::atomic<int> stopped = 0;
  std::atomic<bool> ran = false;
  Runtime runtime = Runtime::builder()
                        .workers(1)
                        .blocking_keep_alive(0ms)
                        .on_thread_stop([&] {
                          if (stopped++ == 0) handle->spawn_blocking([&ran] { ran = true; }).detach();
                        })
                        .build();
  handle.emplace(runtime.handle());
  runtime.spawn_blocking([] {}).detach();
  test::run_until(runtime, [&] { return ran.load(); });
  EXPECT_TRUE(runtime.shutdown(Duration::max()));
}

/// Sets variables of the environment for a scope.
class Environment {
 public:
  Environment(std::initializer_list<std::pair<const char*, const char*>> variables) {
    for (const auto& [name, value] : variables) ::setenv(name, value, 1);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;
  ~Environment() {
    for (const char* name : {"COROKIT_RUNTIME", "COROKIT_WORKERS", "COROKIT_THREAD_NAME",
                             "COROKIT_BLOCKING_LIMIT", "COROKIT_BLOCKING_KEEP_ALIVE_MS"})
      ::unsetenv(name);
  }
};

TEST(RuntimeBuilder, TheEnvironmentOverridesWhatWasSaidBefore) {
  const Environment environment{{"COROKIT_RUNTIME", "global_queue"},
                                {"COROKIT_WORKERS", "3"},
                                {"COROKIT_THREAD_NAME", "from outside"},
                                {"COROKIT_BLOCKING_LIMIT", "1"},
                                {"COROKIT_BLOCKING_KEEP_ALIVE_MS", "0"}};
  auto body = []() -> Task<std::string> { co_return name_of_this_thread(); };
  Runtime runtime = Runtime::builder().workers(1).thread_name("here").from_env().build();
  EXPECT_EQ(runtime.metrics().workers.size(), 3U);
  EXPECT_EQ(runtime.block_on(body()), "from outside");
  runtime.spawn_blocking([] {}).detach();
  runtime.spawn_blocking([] {}).detach();
  EXPECT_LE(runtime.metrics().blocking_threads, 1U);
  test::run_until(runtime, [&] { return runtime.metrics().blocking_threads == 0; });
}

TEST(RuntimeBuilder, WhatIsSaidAfterTheEnvironmentHolds) {
  const Environment environment{{"COROKIT_RUNTIME", "current_thread"}, {"COROKIT_WORKERS", "3"}};
  const Runtime runtime = Runtime::builder().from_env().multi_thread().workers(2).build();
  EXPECT_EQ(runtime.metrics().workers.size(), 2U);
}

TEST(RuntimeBuilder, AnEnvironmentThatSaysNothingChangesNothing) {
  const Environment environment{
      {"COROKIT_RUNTIME", ""}, {"COROKIT_WORKERS", ""}, {"COROKIT_THREAD_NAME", ""}};
  const Runtime runtime = Runtime::builder().workers(2).from_env().build();
  EXPECT_EQ(runtime.metrics().workers.size(), 2U);
}

TEST(RuntimeBuilder, WrongValuesOfTheEnvironmentAreRefusedWithASentence) {
  const std::vector<std::array<const char*, 3>> wrong{
      {"COROKIT_RUNTIME", "threads", "multi_thread, global_queue or current_thread"},
      {"COROKIT_WORKERS", "0", "a whole number from 1 to 1024"},
      {"COROKIT_WORKERS", "1025", "a whole number from 1 to 1024"},
      {"COROKIT_WORKERS", "-1", "a whole number from 1 to 1024"},
      {"COROKIT_WORKERS", "4.5", "a whole number from 1 to 1024"},
      {"COROKIT_WORKERS", " 4", "a whole number from 1 to 1024"},
      {"COROKIT_WORKERS", "99999999999999999999999", "a whole number from 1 to 1024"},
      {"COROKIT_THREAD_NAME", "sixteen letters!", "a name of at most 15 characters"},
      {"COROKIT_BLOCKING_LIMIT", "0", "a whole number from 1 on"},
      {"COROKIT_BLOCKING_KEEP_ALIVE_MS", "10s", "a whole number of milliseconds"},
  };
  for (const auto& [variable, value, must_be] : wrong) {
    const Environment environment{{"COROKIT_RUNTIME", "current_thread"}, {variable, value}};
    RuntimeBuilder builder = Runtime::builder().workers(2);
    try {
      builder.from_env();
      ADD_FAILURE() << variable << "=" << value;
    } catch (const std::invalid_argument& error) {
      EXPECT_EQ(std::string(error.what()), std::string("corokit: the environment variable ") + variable +
                                               " is '" + value + "', but it must be " + must_be);
    }
    EXPECT_EQ(builder.build().metrics().workers.size(), 2U) << "a part was taken over";
  }
}

}  // namespace
}  // namespace corokit
