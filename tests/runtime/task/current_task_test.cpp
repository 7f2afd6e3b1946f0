// A task has its id wherever code runs for it: in its body, in each destructor that its end runs, in a function of
// spawn_blocking().
#include <corokit/runtime.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "support/on_each_runtime.hpp"

namespace corokit::test {
namespace {

/// The ids that destructors saw. Thread-safety: may be used by any thread.
class Seen {
 public:
  void add(std::optional<TaskId> id) {
    const std::lock_guard lock(mutex_);
    ids_.push_back(id);
  }
  /// Whether `count` destructors ran, and each one saw `id`.
  testing::AssertionResult are(std::size_t count, TaskId id) {
    const std::lock_guard lock(mutex_);
    if (ids_ == std::vector<std::optional<TaskId>>(count, id)) return testing::AssertionSuccess();
    auto failure = testing::AssertionFailure() << ids_.size() << " destructors, ids:";
    for (const auto& each : ids_) failure << ' ' << (each ? static_cast<std::uint64_t>(*each) : 0);
    return failure << ", wanted: " << static_cast<std::uint64_t>(id);
  }

 private:
  std::mutex mutex_;
  std::vector<std::optional<TaskId>> ids_;
};

/// Notes the current task in its destructor.
class Asks {
 public:
  explicit Asks(Seen& seen) noexcept : seen_(&seen) {}
  Asks(Asks&& other) noexcept : seen_(std::exchange(other.seen_, nullptr)) {}
  Asks& operator=(Asks&&) = delete;
  ~Asks() {
    if (seen_) seen_->add(try_current_task_id());
  }

 private:
  Seen* seen_;
};

Task<Asks> end_normally(Seen& seen, Asks) {
  const Asks local(seen);
  co_await yield_now();
  co_return Asks(seen);
}

Task<void> wait_for_ever(Seen& seen, Asks) {
  const Asks local(seen);
  Notify never;
  co_await never.notified();
}

using CurrentTaskOn = OnEachRuntime;
COROKIT_ON_EACH_RUNTIME(CurrentTaskOn);

TEST_P(CurrentTaskOn, HasItsIdInTheDestructorsOfADetachedOne) {
  Seen seen;
  Runtime runtime = make();
  auto handle = runtime.spawn(end_normally(seen, Asks(seen)));
  const TaskId id = handle.id();
  handle.detach();
  while (runtime.approx_alive_tasks() != 0) runtime.block_on([]() -> Task<void> { co_await yield_now(); }());
  { const Runtime ended = std::move(runtime); }  // waits for the destructor of the result
  EXPECT_TRUE(seen.are(3, id));
}

TEST_P(CurrentTaskOn, HasItsIdInTheDestructorsOfADroppedOne) {
  Seen seen;
  Runtime runtime = make();
  auto handle = runtime.spawn(wait_for_ever(seen, Asks(seen)));
  const TaskId id = handle.id();
  handle.abort();
  runtime.block_on(
      [](JoinHandle<void> ended) -> Task<void> { static_cast<void>(co_await ended); }(std::move(handle)));
  // The abort may come before the start; then there is no local variable.
  EXPECT_TRUE(seen.are(1, id) || seen.are(2, id)) << seen.are(2, id).message();
}

/// Starts a task when it is destroyed.
class Spawns {
 public:
  Spawns(Seen& seen, std::optional<TaskId>& id) noexcept : seen_(seen), id_(id) {}
  Spawns(const Spawns&) = delete;
  Spawns& operator=(const Spawns&) = delete;
  ~Spawns() {
    auto handle = spawn(wait_for_ever(seen_, Asks(seen_)));
    id_ = handle.id();
    handle.detach();
  }

 private:
  Seen& seen_;
  std::optional<TaskId>& id_;
};

TEST_P(CurrentTaskOn, HasItsIdInTheDestructorsOfOneThatNeverStarts) {
  Seen seen;
  std::optional<TaskId> id;
  {
    Runtime runtime = make();
    auto body = [](Seen& by_destructors, std::optional<TaskId>& spawned) -> Task<void> {
      const Spawns at_the_end(by_destructors, spawned);
      Notify never;
      co_await never.notified();
    };
    runtime.spawn(body(seen, id)).detach();
    runtime.block_on([]() -> Task<void> { co_await yield_now(); }());
  }
  // If the runtime ends before the task runs, nothing is spawned.
  EXPECT_TRUE(!id || seen.are(1, *id));
}

TEST_P(CurrentTaskOn, IsTheHandlesInABlockingFunction) {
  Seen seen;
  Runtime runtime = make();
  auto handle = runtime.spawn_blocking([asks = Asks(seen)] { return current_task_id(); });
  const TaskId id = handle.id();
  auto wait = [](JoinHandle<TaskId> blocking) -> Task<TaskId> { co_return *co_await blocking; };
  EXPECT_EQ(runtime.block_on(wait(std::move(handle))), id);
  EXPECT_TRUE(seen.are(1, id));
}

TEST_P(CurrentTaskOn, IsTheHandlesInTheDestructorsOfADetachedBlockingFunction) {
  Seen seen;
  Runtime runtime = make();
  auto handle = runtime.spawn_blocking([asks = Asks(seen), &seen] { return Asks(seen); });
  const TaskId id = handle.id();
  handle.detach();
  { const Runtime ended = std::move(runtime); }
  // If the runtime ends before the function runs, there is no result.
  EXPECT_TRUE(seen.are(1, id) || seen.are(2, id)) << seen.are(2, id).message();
}

TEST(CurrentTask, IsTheHandlesInABlockingFunctionOfASimulation) {
  const auto done = sim::run({}, []() -> Task<bool> {
    const TaskId outer = current_task_id();
    auto handle = spawn_blocking([] { return current_task_id(); });
    const TaskId id = handle.id();
    const bool right = *co_await handle == id;
    co_return right&& current_task_id() == outer;
  }());
  ASSERT_TRUE(done);
  EXPECT_TRUE(*done);
}

TEST(CurrentTask, HasNoNameInABlockingFunction) {
  auto body = []() -> Task<std::string> {
    auto handle = spawn_blocking([] { return current_task_name(); });
    co_return *co_await handle;
  };
  EXPECT_EQ(block_on(body()), "");
}

TEST(CurrentTask, IsNoneOutsideOfEveryTask) {
  EXPECT_EQ(try_current_task_id(), std::nullopt);
}

}  // namespace
}  // namespace corokit::test
