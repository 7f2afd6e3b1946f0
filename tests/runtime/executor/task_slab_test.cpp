// Tests the slab of a runtime's tasks, which aborts each of its tasks once when it is closed.
#include <corokit/detail/executor/task_slab.hpp>

#include <gtest/gtest.h>

#include <deque>

namespace corokit::detail {
namespace {

/// Tasks that are never run. They count as active, so that an abort only sets their flag.
class Tasks {
 public:
  TaskHeader& add() {
    TaskHeader& task = tasks_.emplace_back();
    task.id = tasks_.size();
    return task;
  }
  TaskHeader& operator[](std::size_t i) { return tasks_[i]; }
  std::size_t size() const { return tasks_.size(); }

 private:
  std::deque<TaskHeader> tasks_;
};

bool is_aborted(const TaskHeader& task) {
  return (task.ready.load() & TaskHeader::kAbort) != 0;
}

TEST(TaskSlab, ClosingAbortsEachTaskThatIsStillThere) {
  constexpr std::size_t kTasks = 10'000;  // more than one page in each shard
  TaskSlab owned;
  Tasks tasks;
  for (std::size_t i = 0; i < kTasks; ++i) ASSERT_TRUE(owned.insert(tasks.add(), {}));
  for (std::size_t i = 0; i < kTasks; i += 3) owned.remove(tasks[i]);
  EXPECT_EQ(owned.approx_size(), kTasks - (kTasks + 2) / 3);
  owned.close_and_abort_all();
  for (std::size_t i = 0; i < kTasks; ++i) ASSERT_EQ(is_aborted(tasks[i]), i % 3 != 0) << i;
}

TEST(TaskSlab, ASlotIsUsedAgain) {
  TaskSlab owned;
  Tasks tasks;
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(owned.insert(tasks.add(), {}));  // one in each shard
  const SlabSlot* slot = tasks[0].slab_slot;
  owned.remove(tasks[0]);
  EXPECT_EQ(slot->task(), nullptr);
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(owned.insert(tasks.add(), {}));
  EXPECT_EQ(slot->task(), &tasks[8]);
  EXPECT_EQ(owned.approx_size(), 15u);
  EXPECT_EQ(owned.approx_total(), 16u);
}

TEST(TaskSlab, TakesNoTaskOnceItIsClosed) {
  TaskSlab owned;
  Tasks tasks;
  owned.close_and_abort_all();
  EXPECT_FALSE(owned.insert(tasks.add(), "late"));
  EXPECT_EQ(owned.approx_size(), 0u);
  EXPECT_EQ(owned.name_of(tasks[0]), "");
}

TEST(TaskSlab, KeepsTheNamesOfTasksThatHaveOne) {
  TaskSlab owned;
  Tasks tasks;
  ASSERT_TRUE(owned.insert(tasks.add(), "Seraph"));
  ASSERT_TRUE(owned.insert(tasks.add(), {}));
  EXPECT_EQ(owned.name_of(tasks[0]), "Seraph");
  EXPECT_EQ(owned.name_of(tasks[1]), "");
}

}  // namespace
}  // namespace corokit::detail
