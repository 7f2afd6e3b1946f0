// The parking protocol on every schedule.
#include "executor/idle.hpp"

#include <gtest/gtest.h>
#include <optional>

#include "explore.hpp"

namespace corokit::detail {
namespace {

using model::Report;
using model::Thread;

TEST(IdleModel, AWorkerThatGoesToSleepIsSeenOrSeesTheWork) {
  const Report report = model::explore({.preemptions = 4}, [] {
    Idle idle(2);
    Parker parker;
    Atomic<int> queued{0};
    Thread worker([&] {
      idle.enter(0, false, std::nullopt, false);
      if (queued.load(std::memory_order_seq_cst) == 0) parker.park(-1);
      idle.leave(0);
    });
    queued.store(1, std::memory_order_seq_cst);
    if (idle.pick_for_work()) parker.unpark();
    worker.join();
  });
  EXPECT_EQ(report.failure, "");
  EXPECT_TRUE(report.exhaustive) << report.schedules;
}

TEST(IdleModel, TheLastSearcherThatFallsAsleepIsSeenOrSeesTheWork) {
  const Report report = model::explore({.preemptions = 4}, [] {
    Idle idle(2);
    Parker parker;
    Atomic<int> queued{0};
    Thread worker([&] {
      const bool searching = idle.begin_search();
      idle.enter(0, searching, std::nullopt, false);
      if (queued.load(std::memory_order_seq_cst) == 0) parker.park(-1);
      idle.leave(0);
    });
    queued.store(1, std::memory_order_seq_cst);
    if (idle.pick_for_work()) parker.unpark();
    worker.join();
  });
  EXPECT_EQ(report.failure, "");
  EXPECT_TRUE(report.exhaustive) << report.schedules;
}

}  // namespace
}  // namespace corokit::detail
