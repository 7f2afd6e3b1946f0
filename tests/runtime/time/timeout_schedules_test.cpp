// Plays timeout() on every schedule within bounds, with operations and limits of several lengths, by value and by
// reference.
#include <corokit/explore_test.hpp>
#include <corokit/pin.hpp>
#include <corokit/task.hpp>
#include <corokit/time/clock.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/time/timeout.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "support/chosen.hpp"
#include "support/counted.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Chosen;
using test::Counted;

Task<int> work(Duration duration, Counted) {
  co_await sleep(duration / 2);
  co_await sleep(duration - duration / 2);
  co_return 1;
}

/// When both end at the same time, an operation by value wins. The end of one by reference arrives one step later, and may
/// lose.
Task<void> explore_race(std::uint32_t longest) {
  Census census;
  const Duration needed = Chosen::below(longest) * 1ms;
  const Duration given = Chosen::below(longest) * 1ms;
  const Instant begin = now();
  if (Chosen::below(2) == 0) {
    const auto result = co_await timeout(given, work(needed, Counted(census)));
    EXPECT_EQ(result.has_value(), needed <= given);
    EXPECT_EQ(now() - begin, std::min(needed, given));
  } else {
    auto kept = pin(work(needed, Counted(census)));
    const auto result = co_await timeout(given, kept);
    if (needed != given) {
      EXPECT_EQ(result.has_value(), needed < given);
    }
    explorer::reached("the limit wins a tie", needed == given && !result);
    EXPECT_EQ(now() - begin, std::min(needed, given));
    if (!result) {
      const int value = co_await kept;
      EXPECT_EQ(value, 1);
      EXPECT_EQ(now() - begin, needed);
    }
  }
  EXPECT_EQ(census.alive, 0);
}

COROKIT_EXPLORE(TimeoutSchedules, IsAnErrorIfTheOperationTakesLongerAndOnlyThen,
                .search = Search::depth_first) {
  co_await explore_race(4);
}

}  // namespace
}  // namespace corokit
