#include "running/jobs.hpp"

#include <gtest/gtest.h>
#include <atomic>
#include <barrier>
#include <set>
#include <stdexcept>

namespace corokit::moulinette {
namespace {

TEST(Jobs, AllRunAndAreToldOf) {
  Interrupt interrupt;
  std::atomic<int> ran{0};
  std::vector<Job> jobs;
  for (int i = 0; i < 20; ++i) jobs.push_back({std::to_string(i), [&ran] { ++ran; }});
  std::set<std::string> told;
  EXPECT_TRUE(
      run_jobs(std::move(jobs), 3, interrupt, [&told](const std::string& name) { told.insert(name); }));
  EXPECT_EQ(ran, 20);
  EXPECT_EQ(told.size(), 20U);
}

TEST(Jobs, NoJobsAreDoneAtOnce) {
  Interrupt interrupt;
  EXPECT_TRUE(run_jobs({}, 3, interrupt, [](const std::string&) {}));
}

TEST(Jobs, AsManyAsAllowedRunAtOnceAndNoMore) {
  Interrupt interrupt;
  std::barrier together(3);  // would wait for ever if fewer than three ran at once
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  const auto work = [&] {
    int now = ++running;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    together.arrive_and_wait();
    --running;
  };
  EXPECT_TRUE(run_jobs(std::vector<Job>(9, Job{"job", work}), 3, interrupt, [](const std::string&) {}));
  EXPECT_EQ(most, 3);
}

TEST(Jobs, AnInterruptKeepsTheRestFromStarting) {
  Interrupt interrupt;
  std::atomic<int> ran{0};
  const auto work = [&] {
    ++ran;
    interrupt.trigger();
  };
  EXPECT_FALSE(run_jobs(std::vector<Job>(50, Job{"job", work}), 1, interrupt, [](const std::string&) {}));
  EXPECT_EQ(ran, 1);
}

TEST(Jobs, AnErrorReachesTheCallerAfterTheOthersEnded) {
  Interrupt interrupt;
  std::atomic<int> ran{0};
  std::vector<Job> jobs(5, Job{"good", [&ran] { ++ran; }});
  jobs.insert(jobs.begin(), Job{"bad", [] { throw std::runtime_error("full disk"); }});
  EXPECT_THROW(run_jobs(std::move(jobs), 2, interrupt, [](const std::string&) {}), std::runtime_error);
  EXPECT_EQ(ran, 5);
}

}  // namespace
}  // namespace corokit::moulinette
