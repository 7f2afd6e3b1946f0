#include <corokit/explore_test.hpp>
#include <corokit/orchestrator/latest_start.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <string>
#include <vector>

namespace corokit {
namespace {

using namespace std::chrono_literals;

/// Gives the same answers as LatestStart, but looks at every task each time.
class SlowLatestStart {
 public:
  struct Item {
    Instant due{};
    Duration work{0};
    bool waits = false;
    bool counts = false;
  };
  SlowLatestStart(std::size_t size, std::size_t machines)
      : items(size), machines_(static_cast<LatestStart::Time>(machines)) {}

  LatestStart::Time get() const {
    LatestStart::Time least = LatestStart::kNever;
    LatestStart::Time before = 0;
    for (const Item& item : items) {
      if (!item.counts) continue;
      const auto work = item.work.count();
      if (item.waits) least = std::min(least, item.due.time_since_epoch().count() - work - before);
      before += (work + machines_ - 1) / machines_;
    }
    return least;
  }

  std::vector<Item> items;

 private:
  LatestStart::Time machines_;
};

TEST(LatestStart, IsNeverIfNothingWaits) {
  LatestStart latest(5, 2);
  EXPECT_EQ(latest.get(), LatestStart::kNever);
  latest.wait(3, Instant(10s), 1s);
  EXPECT_EQ(latest.get(), Duration(9s).count());
  latest.run(3);
  EXPECT_EQ(latest.get(), LatestStart::kNever);
  EXPECT_EQ(LatestStart(0, 1).get(), LatestStart::kNever);
}

TEST(LatestStart, CountsTheWorkBeforeEachDeadlineSharedByTheMachines) {
  LatestStart latest(3, 2);
  latest.wait(0, Instant(10s), 4s);
  latest.wait(1, Instant(11s), 4s);
  EXPECT_EQ(latest.get(), Duration(11s - 4s - 2s).count());
  latest.wait(2, Instant(11s), 4s);
  EXPECT_EQ(latest.get(), Duration(11s - 4s - 4s).count());
  latest.run(0);
  EXPECT_EQ(latest.get(), Duration(11s - 4s - 4s).count());
  latest.forget(0);
  EXPECT_EQ(latest.get(), Duration(11s - 4s - 2s).count());
}

COROKIT_EXPLORE(LatestStart, AgreesWithASlowOneAfterEveryOfManyRandomChanges,
                .search = explorer::Search::random, .schedules = 200) {
  const auto below = [](std::size_t bound) { return explorer::choose(bound); };
  const std::size_t size = 1 + below(40);
  const std::size_t machines = 1 + below(5);
  LatestStart latest(size, machines);
  SlowLatestStart slow(size, machines);
  for (int change = 0; change < 200 && !explorer::failed(); ++change) {
    const std::size_t i = below(size);
    auto& item = slow.items[i];
    switch (below(4)) {
      case 0:
        item.waits = item.counts = false;
        latest.forget(i);
        break;
      case 1:
        item.waits = false;
        latest.run(i);
        break;
      case 2:
        for (auto& each : slow.items) each.work = each.work * static_cast<int>(1 + below(20)) / 10;
        latest.rebuild([&](std::size_t place) {
          const auto& of = slow.items[place];
          LatestStart::Demand demand;
          demand.due = of.due;
          demand.work = of.work;
          demand.counts = of.counts;
          demand.waits = of.waits;
          return demand;
        });
        break;
      default:
        item = {Instant(Duration(below(4'000'000'000))), Duration(below(1'000'000)), true, true};
        latest.wait(i, item.due, item.work);
    }
    EXPECT_EQ(latest.get(), slow.get());
  }
  co_return;
}

}  // namespace
}  // namespace corokit
