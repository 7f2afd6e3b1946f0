// Tasks that are woken under a lock and scheduled after it.
#include <corokit/detail/scheduler.hpp>

#include <gtest/gtest.h>

#include <vector>

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

TEST(WakeBatch, SchedulesWhatIsLeftWhenItDies) {
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
  batch.flush();
  EXPECT_EQ(here.scheduled, (Order{&first, &third}));
  EXPECT_EQ(there.scheduled, (Order{&second, &fourth}));

  IdleTask fifth(there);  // the batch serves again, and another scheduler may come first
  batch.add(fifth.root);
  batch.flush();
  EXPECT_EQ(there.scheduled.back(), &fifth);
}

}  // namespace
}  // namespace corokit::detail
