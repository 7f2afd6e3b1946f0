// Explores a look at a task while it is woken, aborted, and looked at by another thread.
#include <corokit/detail/task/awaiter.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>
#include <corokit/task_dump.hpp>

#include <gtest/gtest.h>
#include <string>
#include <utility>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "one_task_executor.hpp"

namespace corokit::detail {
namespace {

using model::OneTaskExecutor;
using model::Plain;
using model::Report;
using model::Thread;

/// One branch waits here. What it waits for is written by each wait that begins, and read by each report.
class Place {
 public:
  class Wait : public Awaiter<Wait> {
   public:
    static constexpr const char* kName = "Place";
    explicit Wait(Place& place) noexcept : place_(&place) {}
    ~Wait() {
      if (!waiting_) return;
      Locked locked(place_->lock_);
      place_->waiter_ = nullptr;
    }
    Wait(const Wait&) = default;
    static bool try_complete() noexcept { return false; }
    bool suspend() noexcept {
      place_->told_.set(place_->told_.get() + 1);
      Locked locked(place_->lock_);
      if (std::exchange(place_->open_, false)) return false;
      place_->waiter_ = &branch();
      return waiting_ = true;
    }
    void describe(WaitReport& report) const { report.more(static_cast<std::size_t>(place_->told_.get())); }
    void await_resume() noexcept { waiting_ = false; }

   private:
    Place* place_;
    bool waiting_ = false;
  };

  Wait wait() noexcept { return Wait(*this); }
  /// Lets one wait go on, which may come later.
  void open() {
    Locked locked(lock_);
    Branch* const waiter = std::exchange(waiter_, nullptr);
    TaskHeader* const woken = waiter ? mark_ready(*waiter) : nullptr;
    open_ = !waiter;
    locked.unlock();
    detail::schedule(woken);
  }

 private:
  Plain<int> told_{0};
  Lock lock_;
  bool open_ = false;
  Branch* waiter_ = nullptr;
};

void look(OneTaskExecutor& executor) {
  const TaskDump dump = dump_tasks(executor, Instant());
  model::require(dump.tasks.size() <= 1, "there is one task");
  for (const DumpedTask& task : dump.tasks)
    if (task.wait) model::require(task.wait->where == std::string("Place"), "it is seen where it waits");
}

TEST(TaskDumpModel, AWakeUpDuringALookIsNotLost) {
  const Report report = model::explore({.preemptions = 2, .stale_loads = 1}, [] {
    OneTaskExecutor executor;
    Place place;
    const auto body = [](Place& wait_at) -> Task<void> { co_await wait_at.wait(); };
    auto handle = spawn_on(executor, body(place));
    Thread waker([&] { place.open(); });
    Thread looks([&] { look(executor); });
    executor.run(handle);
    waker.join();
    looks.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(TaskDumpModel, AnAbortDuringALookIsNotLost) {
  const Report report = model::explore({.preemptions = 2, .stale_loads = 1}, [] {
    OneTaskExecutor executor;
    Place place;
    const auto body = [](Place& wait_at) -> Task<void> { co_await wait_at.wait(); };
    auto handle = spawn_on(executor, body(place));
    Thread aborts([&] { handle.abort(); });
    Thread looks([&] { look(executor); });
    executor.run(handle);
    aborts.join();
    looks.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

// A look reads what the turn before it wrote, and is over when the next turn writes.
TEST(TaskDumpModel, ALookStandsBetweenTwoTurns) {
  const Report report = model::explore({.preemptions = 2, .stale_loads = 1}, [] {
    OneTaskExecutor executor;
    Place place;
    const auto body = [](Place& wait_at) -> Task<void> {
      co_await wait_at.wait();
      co_await wait_at.wait();
    };
    auto handle = spawn_on(executor, body(place));
    Thread looks([&] { look(executor); });
    executor.run_one();
    place.open();
    while (!executor.run_one()) cpu_relax();
    place.open();
    executor.run(handle);
    looks.join();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
