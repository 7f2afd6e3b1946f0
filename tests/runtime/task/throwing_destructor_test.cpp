// A destructor that throws while a coroutine is dropped ends the process at once, however the coroutine is dropped.
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <stdexcept>
#include <utility>

#include "support/small_tasks.hpp"

namespace corokit::test {
namespace {

using namespace std::chrono_literals;

class Throws {
 public:
  Throws() = default;
  Throws(Throws&& other) noexcept : armed_(std::exchange(other.armed_, false)) {}
  ~Throws() noexcept(false) {
    if (armed_) throw std::runtime_error("thrown by a destructor");
  }

 private:
  bool armed_ = true;
};

Task<void> hold() {
  Notify never;
  const Throws local;
  co_await never.notified();
}

Task<void> await_hold() {
  co_await hold();
}

Task<void> take(Throws) {
  co_return;
}

Task<void> drop_in_select(Task<void> dropped) {
  co_await select(biased, std::move(dropped), yield_now());
}

Task<void> drop_in_timeout() {
  static_cast<void>(co_await timeout(0s, hold()));
}

Task<void> drop_by_abort() {
  auto handle = spawn(await_hold());
  co_await yield_now();
  handle.abort();
  static_cast<void>(co_await handle);
}

Task<void> drop_in_collection() {
  FuturesUnordered<Task<void>> running;
  running.push(hold());
  running.push(nothing());
  static_cast<void>(co_await running.next());
  running.clear();
}

Task<void> drop_in_join_set() {
  JoinSet<void> running;
  running.spawn(hold());
  co_await yield_now();
}

Task<void> drop_at_the_end() {
  spawn(hold()).detach();
  co_await yield_now();
}

Task<void> drop_before_the_start() {
  { const Task<void> never_started = take(Throws()); }
  co_return;
}

struct Way {
  const char* name;
  Task<void> (*drop)();
};

constexpr Way kWays[]{
    {"Select", [] { return drop_in_select(hold()); }},
    {"SelectOfAParent", [] { return drop_in_select(await_hold()); }},
    {"Timeout", drop_in_timeout},
    {"Abort", drop_by_abort},
    {"Collection", drop_in_collection},
    {"JoinSet", drop_in_join_set},
    {"EndOfTheRuntime", drop_at_the_end},
    {"BeforeTheStart", drop_before_the_start},
};

class ThrowingDestructor : public ::testing::TestWithParam<Way> {};

TEST_P(ThrowingDestructor, EndsTheProcess) {
  EXPECT_DEATH(block_on(GetParam().drop()), "thrown by a destructor");
}

INSTANTIATE_TEST_SUITE_P(Every, ThrowingDestructor, ::testing::ValuesIn(kWays),
                         [](const auto& use) { return use.param.name; });

Task<int> give_with_local() {
  const Throws local;
  co_return 1;
}

TEST(DestructorAtTheEndOfAScope, ThrowsAsAnyOtherStatement) {
  EXPECT_THROW(block_on(give_with_local()), std::runtime_error);
}

}  // namespace
}  // namespace corokit::test
