// Explores a fork_join() whose second child another thread may steal, wake, and run while the parent is dropped.
#include <corokit/detail/executor/fork_deque.hpp>
#include <corokit/fork_join.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>

#include "executor/executor.hpp"

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "gate.hpp"

namespace corokit::detail {
namespace {

using model::Gate;
using model::Plain;
using model::Report;
using model::Thread;

/// Two threads run tasks: one has a deque, from which the other one steals.
class TwoThreads final : public Scheduler {
 public:
  ~TwoThreads() {
    tasks().close_and_abort_all();
    while (run_one(&forks_)) {
    }
    model::require(is_empty(), "nothing is left in a queue");
    model::require(live_frames() <= 1, "no frame is left, but the one of which the test has the handle");
  }
  void schedule(TaskHeader& task) noexcept override {
    Locked locked(lock_);
    queue_.push(task);
  }
  void submit(BlockingJob&) override { model::require(false, "the program has no blocking functions"); }

  /// Runs the tasks of the owner of the deque until a task is over.
  template <class T>
  void run(const JoinHandle<T>& handle) {
    while (!handle.is_finished())
      if (!run_one(&forks_)) cpu_relax();
  }
  /// Runs one task, or one child that it steals, on another thread.
  bool help() { return run_one(nullptr); }

 private:
  bool run_one(ForkDeque* own) {
    TaskHeader* const task = next(own);
    if (!task) return false;
    Context context;
    context.scheduler = this;
    context.forks = own;
    EnterContext entered(context);
    if (run_turn(*task, context) == TurnEnd::again) schedule(*task);
    return true;
  }
  TaskHeader* next(ForkDeque* own) {
    {
      Locked locked(lock_);
      if (TaskHeader* const task = queue_.pop()) return task;
    }
    return own ? own->pop() : forks_.steal();
  }
  /// The place of a task among tasks() follows from its id, and must be the same on each schedule.
  std::uint64_t make_id() noexcept override { return 1; }

  Lock lock_;
  TaskQueue queue_;
  ForkDeque forks_;
};

constexpr model::Bounds kBounds{.preemptions = 2, .stale_loads = 1};

Task<void> set(Plain<int>& data, int value) {
  data.set(value);
  co_return;
}

TEST(ForkJoinModel, TheParentSeesWhatAChildDidOnAnotherThread) {
  const Report report = model::explore(kBounds, [] {
    TwoThreads executor;
    const auto parent = []() -> Task<int> {
      Plain<int> first(0), second(0);
      co_await fork_join(set(first, 1), set(second, 2));
      co_return first.get() + second.get();
    };
    auto handle = spawn_on(executor, parent());
    Thread thief([&] { executor.help(); });
    executor.run(handle);
    thief.join();
    model::require(handle.cell().take() == 3, "both children have run");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(ForkJoinModel, AChildThatWaitsOnAnotherThreadIsWoken) {
  const Report report = model::explore(kBounds, [] {
    TwoThreads executor;
    Gate gate;
    const auto child = [](Gate& wait_at, Plain<int>& data) -> Task<void> {
      co_await wait_at.wait();
      data.set(2);
    };
    const auto open = [](Gate& opened) -> Task<void> {
      opened.open();
      co_return;
    };
    const auto parent = [&]() -> Task<int> {
      Plain<int> data(0);
      co_await fork_join(open(gate), child(gate, data));
      co_return data.get();
    };
    auto handle = spawn_on(executor, parent());
    Thread thief([&] { executor.help(); });
    executor.run(handle);
    thief.join();
    model::require(handle.cell().take() == 2, "the child was woken, and has run");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

/// Touches what it borrows until its frame is gone.
class Borrows {
 public:
  explicit Borrows(Plain<int>& data) : data_(&data) {}
  Borrows(Borrows&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  ~Borrows() {
    if (data_) data_->set(data_->get() + 1);
  }

 private:
  Plain<int>* data_;
};

Task<void> wait(Notify& until, Borrows) {
  co_await until.notified();
}

/// A parent that a test aborts: its first child never ends by itself.
Task<void> forks(Notify& never, Notify& notify) {
  struct Lent {
    Plain<int> first{0}, second{0};
    ~Lent() { model::require(first.get() + second.get() == 2, "no child outlives its parent"); }
  } lent;
  co_await fork_join(wait(never, Borrows(lent.first)), wait(notify, Borrows(lent.second)));
}

TEST(ForkJoinModel, AChildIsDroppedWhileItIsStolen) {
  const Report report = model::explore(kBounds, [] {
    TwoThreads executor;
    Notify never, notify;
    auto handle = spawn_on(executor, forks(never, notify));
    Thread thief([&] { executor.help(); });
    executor.help();
    handle.abort();
    executor.run(handle);
    thief.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(ForkJoinModel, AChildIsDroppedWhileItIsWoken) {
  const Report report = model::explore(kBounds, [] {
    TwoThreads executor;
    Notify never, notify;
    auto handle = spawn_on(executor, forks(never, notify));
    while (executor.help()) {
    }
    Thread waker([&] { notify.notify_one(); });
    Thread helper([&] { executor.help(); });
    handle.abort();
    executor.run(handle);
    waker.join();
    helper.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
