// Explores the parking protocol of the workers.
#include <corokit/detail/sync/parker.hpp>

#include "executor/idle.hpp"

#include <gtest/gtest.h>
#include <optional>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"

namespace corokit::detail {
namespace {

using model::Report;
using model::Thread;

/// A worker goes to sleep while another thread queues a task. The worker may have searched for tasks before.
Report fall_asleep_while_work_comes(bool after_a_search) {
  return model::explore({.preemptions = 4}, [after_a_search] {
    Idle idle(2);
    Parker parker;
    Atomic<int> queued{0};
    Thread worker([&] {
      const bool searching = after_a_search && idle.begin_search();
      idle.enter(0, searching, std::nullopt, false);
      if (queued.load(std::memory_order_seq_cst) == 0) parker.park(-1);
      idle.leave(0);
    });
    queued.store(1, std::memory_order_seq_cst);
    if (idle.pick_for_work()) parker.unpark();
    worker.join();
  });
}

TEST(IdleModel, AWorkerThatGoesToSleepIsSeenOrSeesTheWork) {
  EXPECT_TRUE(model::right_on_every_schedule(fall_asleep_while_work_comes(false)));
}

TEST(IdleModel, TheLastSearcherThatFallsAsleepIsSeenOrSeesTheWork) {
  EXPECT_TRUE(model::right_on_every_schedule(fall_asleep_while_work_comes(true)));
}

}  // namespace
}  // namespace corokit::detail
