// Explores who polls: a worker that goes to sleep while another one looks in.
#include <corokit/detail/io/poll_role.hpp>

#include <gtest/gtest.h>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"

namespace corokit::detail {
namespace {

using model::Report;
using model::Thread;

TEST(PollRoleModel, AWorkerThatSleepsPollsOrIsKnownToTheOneThatLooks) {
  const Report report = model::explore({.preemptions = 4}, [] {
    PollRole role;
    Plain<int> events{0};
    Plain<bool> sleeps{false};
    bool polls = false;
    bool hands_over = false;
    Thread looker([&] {
      if (!role.begin_look()) return;
      events.set(events.get() + 1);
      hands_over = role.end();
      if (hands_over) model::require(sleeps.get(), "the sleeper is seen");
    });
    sleeps.set(true);
    polls = role.begin_poll();
    if (polls) {
      events.set(events.get() + 1);
      static_cast<void>(role.end());
    }
    looker.join();
    model::require(polls || hands_over, "somebody polls");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
