// What is drawn of tasks that are explored.
#include <corokit/explore.hpp>
#include <corokit/join.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/sleep.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <string>

namespace corokit::explorer {
namespace {

using std::chrono::milliseconds;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Task<> work(milliseconds time) {
  co_await sleep(time);
}

TEST(TaskRecorder, SaysThatATaskWhichJoinsSeveralGoesOnWaiting) {
  const Report report = explore({.replay = "0"}, []() -> Task<> {
    auto shorter = spawn(work(milliseconds(100)), "shorter");
    auto longer = spawn(work(milliseconds(300)), "longer");
    co_await join(shorter, longer);
    require(false, "never");
  });
  EXPECT_TRUE(has(report.failure, "300 ms; waits 300 ms: join")) << report.failure;
  EXPECT_FALSE(has(report.failure, "░|░")) << "one wait, not two: " << report.failure;
}

TEST(TaskRecorder, SaysSinceWhenATaskWaits) {
  const Report report = explore({.replay = "0"}, []() -> Task<> {
    Notify never;
    auto shorter = spawn(work(milliseconds(100)), "shorter");
    co_await join(shorter, never.notified());
  });
  EXPECT_TRUE(has(report.failure, "join, since 0 ms")) << report.failure;
  EXPECT_TRUE(has(report.failure, "waits since 0 ms: join")) << report.failure;
}

TEST(TaskRecorder, SaysWhyATaskStopsWithoutItsName) {
  const Report report = explore({.replay = "0"}, []() -> Task<> {
    spawn(work(milliseconds(1)), "other").detach();
    co_await sleep(milliseconds(2));
    require(false, "never");
  });
  EXPECT_TRUE(has(report.failure, "starts task 2 (other)")) << report.failure;
  EXPECT_FALSE(has(report.failure, "(task ")) << report.failure;
}

}  // namespace
}  // namespace corokit::explorer
