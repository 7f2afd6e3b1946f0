// A GoogleTest of one's own coroutines that is played on every schedule within bounds, instead of on one.
//
//   ./explored_test                                            explores; about a millisecond for each test
//   COROKIT_EXPLORE_REPLAY=TOKEN ./explored_test --gtest_filter=Till.IsNeverOverdrawn      plays one schedule again
//
// Look at:
//   - COROKIT_EXPLORE(Suite, Name, …): its body is a coroutine, and what follows the name are explorer::Options.
//   - reached(): the exploration fails if in no schedule the second customer came first. So a test that never gets to
//     the interesting case is noticed.
//   - Take the lock out of take(): the test fails, and prints the shortest schedule that overdraws the till.
#include <corokit/explore_test.hpp>
#include <corokit/join.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/yield.hpp>

#include <string>

using namespace corokit;

namespace {

/// The code under test. It must never pay out more than there is.
struct Till {
  int money = 100;
  Mutex<> mutex{};

  Task<> take(int amount, std::string& served, char customer) {
    const auto guard = co_await mutex.lock();
    if (money < amount) co_return;
    co_await yield_now();  // stands for whatever the real code waits for
    money -= amount;
    served += customer;
  }
};

COROKIT_EXPLORE(Till, IsNeverOverdrawn, .preemptions = 2) {
  Till till;
  std::string served;
  auto first = spawn(till.take(70, served, 'a'), "customer a");
  auto second = spawn(till.take(60, served, 'b'), "customer b");
  co_await join(first, second);
  EXPECT_GE(till.money, 0);
  explorer::reached("the second customer came first", served == "b");
}

}  // namespace
