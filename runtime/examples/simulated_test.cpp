// A test of one's own code in a simulation: the same coroutines run on one thread, in virtual time, on a schedule that a
// seed decides. The test finds a mistake that needs an unlucky schedule in milliseconds, and finds it again with the
// same seed.
//
// Look at:
//   - Till::take(): it waits between the check and the change, so another task may come in between: a race without
//     threads. With is_locked the Mutex keeps the others out.
//   - breaks(): one run is one schedule. The sleep of an hour costs nothing. A deadlock would not hang the test: run()
//     would give a Failure that says who waits for what.
#include <corokit/join.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <cstdint>
#include <cstdio>
#include <optional>

using namespace corokit;
using namespace std::chrono_literals;

namespace {

/// The code under test. It must never pay out more than there is.
struct Till {
  bool is_locked;
  int money = 100;
  Mutex<> mutex{};

  Task<> take(int amount) {
    std::optional<MutexGuard<>> guard;
    if (is_locked) guard.emplace(co_await mutex.lock());
    if (money < amount) co_return;
    co_await yield_now();  // stands for whatever the real code waits for
    money -= amount;
  }
};

Task<int> customers(bool is_locked) {
  Till till{is_locked};
  co_await sleep(1h);
  auto first = spawn(till.take(70));
  auto second = spawn(till.take(60));
  co_await join(first, second);
  co_return till.money;
}

bool breaks(bool is_locked, std::uint64_t seed) {
  const auto money = sim::run(sim::Options{.seed = seed}, customers(is_locked));
  return !money || *money < 0;
}

void test(const char* name, bool is_locked) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    if (!breaks(is_locked, seed)) continue;
    std::printf("%s: a schedule breaks it, %s\n", name, breaks(is_locked, seed) ? "each time" : "SOMETIMES");
    return;
  }
  std::printf("%s: right on 200 schedules\n", name);
}

}  // namespace

int main() {
  test("without the lock", false);
  test("with the lock", true);
}
