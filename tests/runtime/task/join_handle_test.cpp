#include <corokit/join_handle.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/probe.hpp"
#include "support/run_until.hpp"
#include "support/scaled.hpp"

namespace corokit {
namespace {

using test::Census;
using test::Counted;
using test::Gate;

Task<int> give(int value) {
  co_return value;
}

Task<int> fail() {
  co_await yield_now();
  throw std::runtime_error("broken");
}

Task<int> wait_at(Gate* gate, Counted) {
  co_await gate->wait();
  co_return 1;
}

/// Returns: the value of the handle, "cancelled", or the message of the exception.
template <class T>
Task<std::string> describe(JoinHandle<T>* handle) {
  const auto result = co_await *handle;
  if (!result) co_return result.error().is_cancelled() ? "cancelled" : result.error().message();
  co_return std::to_string(*result);
}

class JoinHandleOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(JoinHandleOn);

TEST_P(JoinHandleOn, GivesTheExceptionOfTheTask) {
  Runtime runtime = make();
  auto handle = runtime.spawn(fail());
  EXPECT_EQ(runtime.block_on(describe(&handle)), "broken");
}

TEST_P(JoinHandleOn, AnExceptionThatNobodyTakesIsHarmless) {
  Runtime runtime = make();
  for (int i = 0; i < 100; ++i) runtime.spawn(fail()).detach();
  test::run_until(runtime, [&] { return runtime.approx_alive_tasks() == 1; });
}

TEST_P(JoinHandleOn, AbortEndsATaskThatWaits) {
  Runtime runtime = make();
  Census census;
  Gate gate;
  auto handle = runtime.spawn(wait_at(&gate, Counted(census)));
  test::run_until(runtime, [&] { return gate.waiting() == 1; });
  handle.abort();
  handle.abort();
  EXPECT_EQ(runtime.block_on(describe(&handle)), "cancelled");
  EXPECT_EQ(census.alive, 0);
  handle.abort();
}

TEST_P(JoinHandleOn, AbortEndsATaskThatNobodyJoins) {
  Runtime runtime = make();
  Census census;
  Gate gate;
  auto handle = runtime.spawn(wait_at(&gate, Counted(census)));
  test::run_until(runtime, [&] { return gate.waiting() == 1; });
  handle.abort();
  handle.detach();
  test::run_until(runtime, [&] { return census.alive == 0; });
}

TEST_P(JoinHandleOn, AbortEndsATaskThatYieldsForEver) {
  Runtime runtime = make();
  auto body = []() -> Task<int> {
    for (;;) co_await yield_now();
  };
  auto handle = runtime.spawn(body());
  handle.abort();
  EXPECT_EQ(runtime.block_on(describe(&handle)), "cancelled");
}

TEST_P(JoinHandleOn, AFinishedTaskKeepsItsResultWhenAborted) {
  Runtime runtime = make();
  auto handle = runtime.spawn(give(5));
  test::run_until(runtime, [&] { return handle.is_finished(); });
  handle.abort();
  EXPECT_EQ(runtime.block_on(describe(&handle)), "5");
}

TEST_P(JoinHandleOn, AnAbortFromAnotherThreadReachesTheTask) {
  Runtime runtime = make();
  Census census;
  Gate gate;
  for (int i = 0; i < 200; ++i) {
    auto handle = runtime.spawn(wait_at(&gate, Counted(census)));
    std::thread aborter([abort = handle.abort_handle()] { abort.abort(); });
    EXPECT_EQ(runtime.block_on(describe(&handle)), "cancelled");
    aborter.join();
  }
  EXPECT_EQ(census.alive, 0);
}

TEST_P(JoinHandleOn, AnAbortDuringCompletionGivesTheValueOrCancelled) {
  Runtime runtime = make();
  Census census;
  for (std::uint64_t i = 0; i < test::scaled(2000); ++i) {
    Gate gate;
    auto handle = runtime.spawn(wait_at(&gate, Counted(census)));
    std::thread opener([&gate] { gate.open(); });
    handle.abort();
    const std::string got = runtime.block_on(describe(&handle));
    EXPECT_TRUE(got == "1" || got == "cancelled") << got;
    opener.join();
  }
  EXPECT_EQ(census.alive, 0);
}

TEST_P(JoinHandleOn, IsFinishedOnceItWasAwaited) {
  Runtime runtime = make();
  auto check = []() -> Task<int> {
    int unfinished = 0;
    for (int i = 0; i < 2000; ++i) {
      auto handle = spawn(give(i));
      const AbortHandle abort = handle.abort_handle();
      co_await handle;
      unfinished += abort.is_finished() ? 0 : 1;
    }
    co_return unfinished;
  };
  EXPECT_EQ(runtime.block_on(check()), 0);
}

TEST_P(JoinHandleOn, AResultThatNobodyTakesIsDestroyed) {
  Runtime runtime = make();
  Census census;
  auto body = [](Counted counted) -> Task<Counted> {
    co_await yield_now();
    co_return counted;
  };
  for (int i = 0; i < 100; ++i) runtime.spawn(body(Counted(census))).detach();  // dropped before its end
  {
    auto late = runtime.spawn(body(Counted(census)));  // dropped after its end
    test::run_until(runtime, [&] { return late.is_finished(); });
    EXPECT_GE(census.alive, 1);
  }
  test::run_until(runtime, [&] { return runtime.approx_alive_tasks() == 1; });
  test::run_until(runtime, [&] { return census.alive == 0; });
}

TEST_P(JoinHandleOn, MayBeDroppedWhileTheTaskEnds) {
  Runtime runtime = make();
  Census census;
  auto body = [](Counted counted) -> Task<Counted> { co_return counted; };
  for (std::uint64_t i = 0; i < test::scaled(20'000); ++i) runtime.spawn(body(Counted(census))).detach();
  test::run_until(runtime, [&] { return census.alive == 0; });
}

TEST_P(JoinHandleOn, AWaitMayBeDroppedWhileTheTaskEnds) {
  Runtime runtime = make();
  auto body = []() -> Task<std::uint64_t> {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < test::scaled(10'000); ++i) {
      auto handle = spawn(give(1));
      auto first = co_await select(handle, yield_now());
      if (first.index() == 0) {
        sum += static_cast<std::uint64_t>(*std::get<0>(first));  // the result is given once
      } else {
        const auto result = co_await handle;
        sum += static_cast<std::uint64_t>(*result);
      }
    }
    co_return sum;
  };
  EXPECT_EQ(runtime.block_on(body()), test::scaled(10'000));
}

TEST_P(JoinHandleOn, ATaskMayAbortItself) {
  Runtime runtime = make();
  Census census;
  std::promise<AbortHandle> handed;
  auto body = [](std::future<AbortHandle> self, Counted) -> Task<int> {
    const AbortHandle me = self.get();
    me.abort();
    me.abort();
    co_await yield_now();
    co_return 1;
  };
  // The task waits for the handle. A current-thread runtime starts no task before block_on().
  auto handle = runtime.spawn(body(handed.get_future(), Counted(census)));
  handed.set_value(handle.abort_handle());
  EXPECT_EQ(runtime.block_on(describe(&handle)), "cancelled");
  EXPECT_EQ(census.alive, 0);
}

TEST(JoinHandle, SaysHowATaskEnded) {
  auto aborted = []() -> Task<JoinError> {
    auto handle = spawn(give(1));
    handle.abort();
    auto result = co_await handle;
    co_return result.error();
  };
  const JoinError error = block_on(aborted());
  EXPECT_EQ(error.kind(), JoinError::Kind::cancelled);
  EXPECT_EQ(error.exception(), nullptr);
  EXPECT_EQ(error.message(), "task was cancelled");

  auto odd = []() -> Task<std::string> {
    auto thrower = []() -> Task<void> {
      throw 42;
      co_return;
    };
    auto handle = spawn(thrower());
    auto result = co_await handle;
    EXPECT_EQ(result.error().kind(), JoinError::Kind::exception);
    EXPECT_NE(result.error().exception(), nullptr);
    co_return result.error().message();
  };
  EXPECT_EQ(block_on(odd()), "an exception that is not a std::exception");
}

TEST(JoinHandle, ATaskThatWasAbortedBeforeItsFirstTurnNeverRuns) {
  bool ran = false;
  Census census;
  auto body = [](bool* flag, Counted) -> Task<void> {
    *flag = true;
    co_return;
  };
  auto root = [](auto make, bool* flag, Census* alive) -> Task<void> {
    auto handle = spawn(make(flag, Counted(*alive)));
    handle.abort();
    const auto result = co_await handle;
    EXPECT_FALSE(result.has_value());
  };
  block_on(root(body, &ran, &census));
  EXPECT_FALSE(ran);
  EXPECT_EQ(census.alive, 0);
}

TEST(JoinHandle, ATaskThatThrowsAfterItsAbortGivesTheException) {
  auto body = [](std::optional<AbortHandle>* me) -> Task<int> {
    (*me)->abort();
    throw std::runtime_error("broken");
    co_return 1;
  };
  auto root = [](auto make) -> Task<std::string> {
    std::optional<AbortHandle> self;
    auto handle = spawn(make(&self));
    self.emplace(handle.abort_handle());
    co_return co_await describe(&handle);
  };
  EXPECT_EQ(block_on(root(body)), "broken");
}

struct ThrowsWhenItDies {
  ThrowsWhenItDies() noexcept {}
  ~ThrowsWhenItDies() noexcept(false) { throw std::runtime_error("destructor"); }
};

TEST(JoinHandle, AnExceptionFromADestructorReplacesTheResult) {
  Census census;
  auto body = [](Census* alive) -> Task<Counted> {
    const ThrowsWhenItDies local;
    co_return Counted(*alive);
  };
  auto root = [](Task<Counted> task) -> Task<std::string> {
    auto handle = spawn(std::move(task));
    auto result = co_await handle;
    co_return result ? "a value" : result.error().message();
  };
  EXPECT_EQ(block_on(root(body(&census))), "destructor");
  EXPECT_EQ(census.alive, 0);
  EXPECT_THROW(block_on(body(&census)), std::runtime_error);
  EXPECT_EQ(census.alive, 0);
}

TEST(JoinHandle, CanBeAwaitedAgainAfterADroppedWait) {
  Gate gate;
  Census census;
  auto root = [](Gate* at, Counted counted) -> Task<std::string> {
    auto handle = spawn(wait_at(at, counted));
    for (int i = 0; i < 10; ++i) {
      const auto first = co_await select(biased, handle, yield_now());
      EXPECT_EQ(first.index(), 1u);
    }
    at->open();
    co_return co_await describe(&handle);
  };
  EXPECT_EQ(block_on(root(&gate, Counted(census))), "1");
  EXPECT_EQ(census.alive, 0);
}

TEST(JoinHandle, AssignmentDetachesTheOldTask) {
  Census census;
  auto body = [](Counted counted) -> Task<Counted> { co_return counted; };
  auto root = [](auto make, Census* alive) -> Task<void> {
    auto handle = spawn(make(Counted(*alive)));
    handle = spawn(make(Counted(*alive)));
    co_await yield_now();
    co_await yield_now();
    EXPECT_EQ(alive->alive, 1);  // the result of the second
    co_await handle;
  };
  block_on(root(body, &census));
  EXPECT_EQ(census.alive, 0);
}

TEST(JoinHandle, AnAbortHandleOutlivesTaskHandleAndRuntime) {
  std::optional<AbortHandle> abort;
  {
    Runtime runtime = Runtime::multi_thread(1);
    auto handle = runtime.spawn(give(1));
    abort.emplace(handle.abort_handle());
    EXPECT_EQ(abort->id(), handle.id());
    AbortHandle copy = *abort;
    copy = *abort;
  }
  abort->abort();
  EXPECT_TRUE(abort->is_finished());
}

TEST(JoinHandle, ResolvesAcrossRuntimes) {
  Runtime here = Runtime::multi_thread(1);
  Runtime there = Runtime::multi_thread(1);
  for (int i = 0; i < 500; ++i) {
    auto handle = there.spawn(give(i));
    EXPECT_EQ(here.block_on(describe(&handle)), std::to_string(i));
  }
}

}  // namespace
}  // namespace corokit
