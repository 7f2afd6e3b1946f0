// Tests the batches of tasks that are woken under a lock and scheduled after it.
#include <corokit/detail/executor/scheduler.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/on_each_runtime.hpp"

namespace corokit::detail {
namespace {

class Recorder final : public Scheduler {
 public:
  void schedule(TaskHeader& task) noexcept override { scheduled.push_back(&task); }
  void submit(BlockingJob&) override {}

  std::vector<TaskHeader*> scheduled;
};

/// An idle task of a scheduler.
struct IdleTask : TaskHeader {
  explicit IdleTask(Scheduler& of) {
    scheduler = &of;
    ready.store(kIdle);
  }
};

using Order = std::vector<TaskHeader*>;

TEST(WakeBatch, SchedulesInTheOrderOfWakingOnceItIsFlushed) {
  Recorder recorder;
  IdleTask first(recorder), second(recorder), third(recorder);
  WakeBatch batch;
  for (TaskHeader* task : {&second, &first, &third}) batch.add(task->root);
  EXPECT_TRUE(recorder.scheduled.empty());
  batch.flush();
  EXPECT_EQ(recorder.scheduled, (Order{&second, &first, &third}));
  batch.flush();
  EXPECT_EQ(recorder.scheduled.size(), 3u);
}

TEST(WakeBatch, SchedulesTheRestWhenItIsDestroyed) {
  Recorder recorder;
  IdleTask task(recorder);
  {
    WakeBatch batch;
    batch.add(task.root);
  }
  EXPECT_EQ(recorder.scheduled, Order{&task});
}

TEST(WakeBatch, LeavesOutATaskThatIsAwakeAlready) {
  Recorder recorder;
  IdleTask task(recorder);
  task.ready.store(TaskHeader::kActive);
  {
    WakeBatch batch;
    batch.add(task.root);
    batch.add(nullptr);
  }
  EXPECT_TRUE(recorder.scheduled.empty());
}

TEST(WakeBatch, GivesEachTaskToItsOwnScheduler) {
  Recorder here, there;
  IdleTask first(here), second(there), third(here), fourth(there);
  WakeBatch batch;
  for (TaskHeader* task : {&first, &second, &third, &fourth}) batch.add(task->root);
  EXPECT_TRUE(here.scheduled.empty());
  EXPECT_EQ(there.scheduled, (Order{&second, &fourth}));  // tasks of a second scheduler are scheduled at once
  batch.flush();
  EXPECT_EQ(here.scheduled, (Order{&first, &third}));
  EXPECT_EQ(there.scheduled, (Order{&second, &fourth}));

  IdleTask fifth(there);  // the batch is used again, and another scheduler comes first
  batch.add(fifth.root);
  batch.flush();
  EXPECT_EQ(there.scheduled.back(), &fifth);
}

constexpr std::size_t kCrowd = 5'000;  // more than the local queue of a worker holds

struct Crowd {
  Notify go;
  std::atomic<std::size_t> waiting{0};
};

Task<void> wait_with_the_others(Crowd* crowd) {
  NotifiedAwaiter told = crowd->go.notified();
  told.enable();
  crowd->waiting.fetch_add(1);
  co_await told;
}

Task<void> gather(Crowd* crowd, bool wakes) {
  std::vector<JoinHandle<void>> handles;
  for (std::size_t i = 0; i < kCrowd; ++i) handles.push_back(spawn(wait_with_the_others(crowd)));
  while (wakes && crowd->waiting.load() != kCrowd) co_await yield_now();
  if (wakes) crowd->go.notify_waiters();
  for (auto& handle : handles) co_await handle;
}

using WakeBatchOn = test::OnEachRuntime;

TEST_P(WakeBatchOn, ManyWokenByATaskAllRun) {
  Runtime runtime = make();
  Crowd crowd;
  runtime.block_on(gather(&crowd, true));
}

TEST_P(WakeBatchOn, ManyWokenFromOutsideAllRun) {
  Runtime runtime = make();
  Crowd crowd;
  std::thread waker([&crowd] {
    while (crowd.waiting.load() != kCrowd) std::this_thread::yield();
    crowd.go.notify_waiters();
  });
  runtime.block_on(gather(&crowd, false));
  waker.join();
}

COROKIT_ON_EACH_RUNTIME(WakeBatchOn);

}  // namespace
}  // namespace corokit::detail
