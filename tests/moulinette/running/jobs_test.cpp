#include "running/jobs.hpp"

#include <gtest/gtest.h>
#include <atomic>
#include <barrier>
#include <set>
#include <stdexcept>

namespace corokit::moulinette {
namespace {

const JobEnded kNobodyIsTold = [](const std::string&) {};

TEST(Jobs, AllRunAndAreToldOf) {
  Interrupt interrupt;
  std::atomic<int> ran{0};
  Jobs jobs;
  for (int i = 0; i < 20; ++i) jobs.add(std::to_string(i), [&ran] { return ++ran; });
  std::set<std::string> told;
  EXPECT_TRUE(jobs.run(3, interrupt, [&told](const std::string& name) { told.insert(name); }));
  EXPECT_EQ(ran, 20);
  EXPECT_EQ(told.size(), 20U);
}

TEST(Jobs, GiveTheirResultsBackWhateverTheirType) {
  Interrupt interrupt;
  Jobs jobs;
  const JobResult<int> number = jobs.add("number", [] { return 42; });
  const JobResult<std::string> text = jobs.add("text", [] { return std::string("Neo"); });
  EXPECT_FALSE(number);
  EXPECT_EQ(number.value_or_default(), 0);
  EXPECT_TRUE(jobs.run(2, interrupt, kNobodyIsTold));
  EXPECT_EQ(*number, 42);
  EXPECT_EQ(text.value_or_default(), "Neo");
}

TEST(Jobs, NoJobsAreDoneAtOnce) {
  Interrupt interrupt;
  EXPECT_TRUE(Jobs().run(3, interrupt, kNobodyIsTold));
}

TEST(Jobs, AsManyAsAllowedRunAtOnceAndNoMore) {
  Interrupt interrupt;
  std::barrier together(3);  // would wait for ever if fewer than three ran at once
  std::atomic<int> running{0};
  std::atomic<int> most{0};
  Jobs jobs;
  for (int i = 0; i < 9; ++i) {
    jobs.add("job", [&] {
      const int now = ++running;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
      together.arrive_and_wait();
      return --running;
    });
  }
  EXPECT_TRUE(jobs.run(3, interrupt, kNobodyIsTold));
  EXPECT_EQ(most, 3);
}

TEST(Jobs, AnInterruptKeepsTheRestFromStarting) {
  Interrupt interrupt;
  std::atomic<int> ran{0};
  Jobs jobs;
  std::vector<JobResult<int>> results;
  for (int i = 0; i < 50; ++i) {
    results.push_back(jobs.add("job", [&] {
      interrupt.trigger();
      return ++ran;
    }));
  }
  EXPECT_FALSE(jobs.run(1, interrupt, kNobodyIsTold));
  EXPECT_EQ(ran, 1);
  EXPECT_TRUE(results.front());
  EXPECT_FALSE(results.back());
}

TEST(Jobs, AnErrorReachesTheCallerAfterTheOthersEnded) {
  Interrupt interrupt;
  std::atomic<int> ran{0};
  Jobs jobs;
  const JobResult<int> bad = jobs.add("bad", []() -> int { throw std::runtime_error("full disk"); });
  for (int i = 0; i < 5; ++i) jobs.add("good", [&ran] { return ++ran; });
  EXPECT_THROW(jobs.run(2, interrupt, kNobodyIsTold), std::runtime_error);
  EXPECT_EQ(ran, 5);
  EXPECT_FALSE(bad);
}

}  // namespace
}  // namespace corokit::moulinette
