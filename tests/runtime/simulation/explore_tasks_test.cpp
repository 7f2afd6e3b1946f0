// Exploration of tasks: what it finds, how it searches, what it reports. Each mistake is planted.
#include <corokit/explore.hpp>
#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <cstdlib>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace corokit {
namespace {

using explorer::explore;
using explorer::Options;
using explorer::Report;
using explorer::Search;
using namespace std::chrono_literals;

Task<> add_one(Mutex<>& gate, int& count) {
  const int seen = count;
  { const auto guard = co_await gate.lock(); }  // it may give way here, between the look and the change
  count = seen + 1;
}

Task<> lose_an_update() {
  Mutex<> gate;
  int count = 0;
  auto first = spawn(add_one(gate, count), "first");
  auto second = spawn(add_one(gate, count), "second");
  co_await join(first, second);
  explorer::require(count == 2, "no update is lost");
}

Task<> keep_updates() {
  Mutex<int> count(0);
  const auto add = [](Mutex<int>& of) -> Task<> { ++*co_await of.lock(); };
  auto first = spawn(add(count));
  auto second = spawn(add(count));
  auto third = spawn(add(count));
  co_await join(first, second, third);
  explorer::require(*co_await count.lock() == 3, "no update is lost");
}

TEST(Explore, FindsALostUpdateThatNeedsOnePreemption) {
  const Report report = explore({}, lose_an_update);
  EXPECT_NE(report.failure.find("no update is lost"), std::string::npos) << report.failure;
  EXPECT_NE(report.token, "0");
  EXPECT_EQ(report.token.find('-'), std::string::npos) << "one deviation: " << report.token;
}

TEST(Explore, ExhaustsARightProgram) {
  const Report report = explore({.search = Search::depth_first}, keep_updates);
  EXPECT_EQ(report.failure, "");
  EXPECT_TRUE(report.exhausted) << report.coverage;
}

TEST(Explore, DepthFirstFailsIfTheBudgetIsTooSmall) {
  const Report report = explore({.search = Search::depth_first, .schedules = 100}, keep_updates);
  EXPECT_FALSE(report.exhausted);
  EXPECT_NE(
      report.failure.find("the budget is too small to play all schedules with at most 3 preemptions: 100 "),
      std::string::npos)
      << report.failure;
}

TEST(Explore, RandomSearchesDrawChoicesOfTheProgramEvenly) {
  for (const Search search : {Search::pct, Search::random}) {
    std::size_t ones = 0;
    const auto program = [&ones]() -> Task<> {
      ones += explorer::choose(2);
      co_return;
    };
    EXPECT_EQ(explore({.search = search, .schedules = 1'000}, program).failure, "");
    EXPECT_GT(ones, 400U);
    EXPECT_LT(ones, 600U);
  }
}

TEST(Explore, PlaysEachScheduleOnce) {
  for (const Search search : {Search::depth_first, Search::pct, Search::random}) {
    std::uint64_t played = 0;
    const auto program = [&played]() -> Task<> {
      ++played;
      explorer::reached("a goal whose name is too long for a short string");
      co_await keep_updates();
    };
    const Report report = explore({.search = search}, program);
    EXPECT_EQ(report.failure, "");
    // Some schedules are played again to see whether they leak.
    EXPECT_LT(played, report.schedules + 300) << static_cast<int>(search);
  }
}

TEST(Explore, EachSearchFindsIt) {
  for (const Search search : {Search::thorough, Search::depth_first, Search::pct, Search::random})
    EXPECT_NE(explore({.search = search}, lose_an_update).failure, "") << static_cast<int>(search);
}

TEST(Explore, TwoRunsGiveTheSameReport) {
  for (const Search search : {Search::thorough, Search::pct, Search::random}) {
    const Report one = explore({.search = search}, lose_an_update);
    const Report other = explore({.search = search}, lose_an_update);
    EXPECT_EQ(one.failure, other.failure);
    EXPECT_EQ(one.token, other.token);
    EXPECT_EQ(one.schedules, other.schedules);
  }
}

TEST(Explore, PlaysATokenAgain) {
  const Report found = explore({}, lose_an_update);
  const Report again = explore({.replay = found.token}, lose_an_update);
  EXPECT_EQ(again.schedules, 1U);
  EXPECT_NE(again.failure.find("no update is lost"), std::string::npos);
  EXPECT_EQ(explore({.replay = "0"}, lose_an_update).failure, "");
  EXPECT_NE(explore({.replay = "4,2"}, lose_an_update).failure.find("\"4,2\" is no schedule"),
            std::string::npos);
}

TEST(Explore, SaysWhoWaitsForWhatInADeadlock) {
  const Report report = explore({}, []() -> Task<> {
    Mutex<> a, b;
    const auto both = [](Mutex<>& one, Mutex<>& other) -> Task<> {
      const auto first = co_await one.lock();
      co_await sleep(1ms);
      const auto second = co_await other.lock();
    };
    auto ab = spawn(both(a, b), "ab");
    auto ba = spawn(both(b, a), "ba");
    co_await join(ab, ba);
  });
  EXPECT_NE(report.failure.find("deadlock"), std::string::npos) << report.failure;
  EXPECT_NE(report.failure.find("(ab) waits in Mutex::lock"), std::string::npos) << report.failure;
  EXPECT_NE(report.failure.find("(ba) waits in Mutex::lock"), std::string::npos) << report.failure;
}

/// Forgets to wake whoever waits.
class ForgetfulEvent {
 public:
  class Awaiter : public detail::Awaiter<Awaiter> {
   public:
    static constexpr const char* kName = "ForgetfulEvent::wait";
    explicit Awaiter(ForgetfulEvent& event) noexcept : event_(event) {}
    Awaiter(Awaiter&& other) noexcept : detail::Awaiter<Awaiter>(other), event_(other.event_) {}
    bool try_complete() const noexcept { return event_.is_set_; }
    bool suspend() const noexcept { return true; }
    void await_resume() const noexcept {}

   private:
    ForgetfulEvent& event_;
  };
  Awaiter wait() noexcept { return Awaiter(*this); }
  void set() noexcept { is_set_ = true; }

 private:
  bool is_set_ = false;
};

TEST(Explore, FindsALostWakeUp) {
  const Report report = explore({}, []() -> Task<> {
    ForgetfulEvent event;
    auto waiter = spawn([](ForgetfulEvent& set) -> Task<> { co_await set.wait(); }(event), "waiter");
    co_await yield_now();
    event.set();
    co_await waiter;
  });
  EXPECT_NE(report.failure.find("a lost wake-up: "), std::string::npos) << report.failure;
  EXPECT_NE(report.failure.find("(waiter) waits in ForgetfulEvent::wait"), std::string::npos)
      << report.failure;
}

TEST(Explore, FindsALivelockAndSaysWhoSpins) {
  const Report report = explore({.max_steps = 1'000}, []() -> Task<> {
    bool go = false;
    const auto spin = [](const bool& flag) -> Task<> {
      while (!flag) co_await yield_now();
    };
    co_await spawn(spin(go), "spinner");
  });
  EXPECT_NE(report.failure.find("too many steps: task 2 had"), std::string::npos) << report.failure;
  EXPECT_NE(report.failure.find("yield_now"), std::string::npos) << report.failure;
}

TEST(Explore, LegalSpinningIsNoLivelock) {
  const Report report =
      explore({.search = Search::depth_first, .preemptions = 2, .max_steps = 200}, []() -> Task<> {
        int turns = 0;
        const auto spin = [](int& turn, int mine) -> Task<> {
          while (turn != mine) co_await yield_now();
          ++turn;
        };
        auto last = spawn(spin(turns, 2));
        auto second = spawn(spin(turns, 1));
        auto first = spawn(spin(turns, 0));
        co_await join(last, second, first);
      });
  EXPECT_EQ(report.failure, "");
  EXPECT_TRUE(report.exhausted) << report.coverage;
}

TEST(Explore, FindsAnExceptionThatEscapes) {
  const Report own = explore({}, []() -> Task<> {
    co_await yield_now();
    throw std::runtime_error("thrown on purpose");
  });
  EXPECT_NE(own.failure.find("an exception escaped the program: thrown on purpose"), std::string::npos)
      << own.failure;
  const auto unseen = []() -> Task<> {
    spawn([]() -> Task<> {
      co_await yield_now();
      throw std::runtime_error("thrown on purpose");
    }())
        .detach();
    co_await sleep(1ms);
  };
  const Report other = explore({}, unseen);
  EXPECT_NE(other.failure.find("thrown on purpose"), std::string::npos) << other.failure;
  EXPECT_EQ(explore({.allow_unseen_exceptions = true}, unseen).failure, "");
}

TEST(Explore, FindsFramesThatAreLeftBehind) {
  std::vector<Task<>> lost;
  const Report report = explore({}, [&lost]() -> Task<> {
    lost.push_back([]() -> Task<> { co_return; }());
    co_return;
  });
  EXPECT_NE(report.failure.find("a leak: 1 coroutine frame"), std::string::npos) << report.failure;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Explore, FindsMemoryThatIsLeftBehind) {
  struct Block {
    Block* next;
    char bytes[100];
  };
  Block* lost = nullptr;
  const Report report = explore({}, [&lost]() -> Task<> {
    lost = new Block{lost, {}};
    co_return;
  });
  while (lost) delete std::exchange(lost, lost->next);
  EXPECT_NE(report.failure.find("a leak: the program leaves "), std::string::npos) << report.failure;
}
#endif

/// Crashes in the schedule in which the second task comes first.
void explore_a_crash(void (*crash)()) {
  explore({}, [crash]() -> Task<> {
    int order = 0;
    const auto second = [](int& to, void (*how)()) -> Task<> {
      if (to == 0) how();
      co_return;
    };
    const auto first = [](int& to) -> Task<> {
      to = 1;
      co_return;
    };
    auto one = spawn(first(order));
    auto two = spawn(second(order, crash));
    co_await join(one, two);
  });
}

TEST(ExploreDeathTest, AScheduleThatCrashesIsNamed) {
  EXPECT_DEATH(explore_a_crash(&std::abort), "COROKIT_EXPLORE_REPLAY=[0-9]+\\.1\n");
}

#if defined(__SANITIZE_ADDRESS__)
TEST(ExploreDeathTest, AScheduleThatUsesFreedMemoryIsNamed) {
  const auto use_after_free = [] {
    auto* block = new volatile int(1);
    delete block;
    *block = 2;
  };
  EXPECT_DEATH(explore_a_crash(+use_after_free), "COROKIT_EXPLORE_REPLAY=[0-9]+\\.1\n");
}
#endif

TEST(Explore, AGoalThatIsNeverReachedFails) {
  const auto program = []() -> Task<> {
    std::string order;
    const auto note = [](std::string& notes, char who) -> Task<> {
      notes += who;
      co_return;
    };
    auto a = spawn(note(order, 'a'));
    auto b = spawn(note(order, 'b'));
    co_await join(a, b);
    explorer::reached("a came first", order == "ab");
    explorer::reached("b came first", order == "ba");
    explorer::reached("nobody came first", order.empty());
  };
  const Report report = explore({.must_reach = {"a came first", "the moon"}}, program);
  EXPECT_EQ(report.failure.find("came first"), report.failure.find("nobody came first") + 7)
      << report.failure;
  EXPECT_NE(report.failure.find("nobody came first"), std::string::npos) << report.failure;
  EXPECT_NE(report.failure.find("the moon"), std::string::npos) << report.failure;
}

TEST(Explore, TriesEachChoiceOfTheProgram) {
  std::set<std::size_t> chosen;
  const Report report = explore({}, [&chosen]() -> Task<> {
    chosen.insert(explorer::choose(5));
    co_return;
  });
  EXPECT_EQ(chosen, (std::set<std::size_t>{0, 1, 2, 3, 4}));
  EXPECT_EQ(report.coverage, "all 5 schedules that there are");
}

TEST(Explore, BlockingFunctionsBelongToTheSchedule) {
  const Report report = explore({}, []() -> Task<> {
    int order = 0;
    auto one = spawn_blocking([&order] { order = order * 10 + 1; });
    auto two = spawn_blocking([&order] {
      order = order * 10 + 2;
      explorer::require(order != 2, "the second function is never first");
    });
    co_await join(one, two);
  });
  EXPECT_NE(report.failure.find("the second function is never first"), std::string::npos) << report.failure;
}

TEST(Explore, SaysThatThereIsOneScheduleOnly) {
  const Report report = explore({}, []() -> Task<> { co_return; });
  EXPECT_EQ(report.coverage, "the only schedule that there is");
}

TEST(Explore, SaysThatAProgramIsNotDeterministic) {
  int played = 0;
  const Report report = explore({}, [&played]() -> Task<> {
    explorer::require(++played != 3, "this is the third time");
    static_cast<void>(explorer::choose(7));
    co_return;
  });
  EXPECT_NE(report.failure.find("the program is not deterministic"), std::string::npos) << report.failure;
}

TEST(Explore, OptionsComeFromTheEnvironment) {
  setenv("COROKIT_EXPLORE_SEARCH", "pct", 1);
  setenv("COROKIT_EXPLORE_SCHEDULES", "12", 1);
  setenv("COROKIT_EXPLORE_PREEMPTIONS", "1", 1);
  const Options options = explorer::with_environment({});
  setenv("COROKIT_EXPLORE_SCHEDULES", "12x", 1);
  EXPECT_THROW(explorer::with_environment({}), std::invalid_argument);
  unsetenv("COROKIT_EXPLORE_SCHEDULES");
  setenv("COROKIT_EXPLORE_SEARCH", "best", 1);
  EXPECT_THROW(explorer::with_environment({}), std::invalid_argument);
  unsetenv("COROKIT_EXPLORE_SEARCH");
  unsetenv("COROKIT_EXPLORE_PREEMPTIONS");
  EXPECT_EQ(options.search, Search::pct);
  EXPECT_EQ(options.schedules, 12U);
  EXPECT_EQ(options.preemptions, 1U);
}

COROKIT_EXPLORE(ExploreMacro, PlaysABodyOnAllSchedules, .preemptions = 1) {
  Semaphore permits(1);
  int inside = 0;
  const auto enter = [](Semaphore& of, int& count) -> Task<> {
    const auto permit = co_await of.acquire();
    EXPECT_EQ(++count, 1);
    co_await yield_now();
    --count;
  };
  auto first = spawn(enter(permits, inside));
  auto second = spawn(enter(permits, inside));
  co_await join(first, second);
}

Task<> expect_an_order() {
  int order = 0;
  const auto note = [](int& to, int who) -> Task<> {
    to = to * 10 + who;
    co_return;
  };
  auto first = spawn(note(order, 1));
  auto second = spawn(note(order, 2));
  co_await join(first, second);
  EXPECT_EQ(order, 12);
}

/// Returns: how a test fails.
testing::TestPartResult failure_of(const Options& options, const std::function<Task<>()>& program) {
  testing::TestPartResultArray results;
  {
    testing::ScopedFakeTestPartResultReporter reporter(
        testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
    explorer::check(options, program);
  }
  EXPECT_EQ(results.size(), 1);
  return results.GetTestPartResult(0);
}

TEST(ExploreMacro, ReportsAnExpectationOnceAndSaysHowToSeeItAgain) {
  const testing::TestPartResult failure = failure_of({}, expect_an_order);
  const std::string message = failure.message();
  EXPECT_NE(message.find("Which is: 21"), std::string::npos) << message;
  EXPECT_NE(message.find("To see it again: COROKIT_EXPLORE_REPLAY="), std::string::npos) << message;
  EXPECT_NE(message.find("explore_tasks_test --gtest_filter=ExploreMacro.Reports"), std::string::npos)
      << message;
  EXPECT_NE(std::string(failure.file_name()).find("explore_tasks_test.cpp"), std::string::npos);
}

TEST(ExploreMacro, AnExpectationEndsTheSchedule) {
  int turns = 0;
  const std::string message = failure_of({}, [&turns]() -> Task<> {
                                EXPECT_EQ(1, 2);
                                for (turns = 0; turns < 100; ++turns) co_await yield_now();
                              }).message();
  EXPECT_NE(message.find("found in schedule 1; its token is 0"), std::string::npos) << message;
  EXPECT_EQ(turns, 0);
}

TEST(ExploreMacro, ALoopLearnsThatAnExpectationFailed) {
  int rounds = 0;
  failure_of({}, [&rounds]() -> Task<> {
    for (rounds = 0; rounds < 100 && !explorer::failed(); ++rounds) EXPECT_NE(rounds, 5);
    co_return;
  });
  EXPECT_EQ(rounds, 6);
  EXPECT_FALSE(explorer::failed());
}

TEST(ExploreMacro, AnExpectationOnAThreadOfABlockingFunctionFailsTheSchedule) {
  const std::string message = failure_of({}, []() -> Task<> {
                                auto job = spawn_blocking([] { EXPECT_EQ(1, 2) << "on purpose"; });
                                co_await job;
                              }).message();
  EXPECT_NE(message.find("on purpose"), std::string::npos) << message;
}

TEST(ExploreMacro, AFailureOfNoScheduleOffersNoneToSeeAgain) {
  const std::string message =
      failure_of({.must_reach = {"the moon"}}, []() -> Task<> { co_return; }).message();
  EXPECT_NE(message.find("never reached"), std::string::npos) << message;
  EXPECT_EQ(message.find("COROKIT_EXPLORE_REPLAY"), std::string::npos) << message;
}

}  // namespace
}  // namespace corokit
