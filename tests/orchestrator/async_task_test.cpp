#include <corokit/orchestrator/async_task.hpp>
#include <corokit/runtime.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "support/probe.hpp"

namespace corokit {
namespace {

using Answer = AsyncTask::Answer;

static_assert(!std::is_copy_constructible_v<AsyncTask>);
static_assert(std::is_nothrow_move_constructible_v<AsyncTask>);
static_assert(!std::is_constructible_v<AsyncTask, int>);

Task<Answer> name_of(std::uint32_t id, CancellationToken) {
  co_return "agent " + std::to_string(id);
}

TEST(AsyncTask, TakesAFunction) {
  AsyncTask task(name_of);
  EXPECT_EQ(block_on(task(3, CancellationToken())), "agent 3");
}

TEST(AsyncTask, TheCapturesOfALambdaLiveAsLongAsItsCoroutine) {
  Task<Answer> work = [] {
    const std::string name = "a name that is too long to be stored in the string itself";
    AsyncTask task([name](std::uint32_t, CancellationToken) -> Task<Answer> {
      co_await yield_now();
      co_return name;
    });
    return task(0, CancellationToken());
  }();
  EXPECT_EQ(block_on(std::move(work)), "a name that is too long to be stored in the string itself");
}

TEST(AsyncTask, TheTokenLivesAsLongAsTheCoroutineThatBorrowsIt) {
  CancellationToken token;
  AsyncTask task([](std::uint32_t, const CancellationToken& borrowed) -> Task<Answer> {
    co_await borrowed.cancelled();
    co_return "told";
  });
  test::Probe probe(task(0, token));
  EXPECT_TRUE(probe.is_pending());
  token.cancel();
  EXPECT_TRUE(probe.poll());
  EXPECT_EQ(probe.take(), "told");
}

TEST(AsyncTask, TakesWhatCanOnlyBeMovedAndDestroysItWithTheWork) {
  auto counted = std::make_shared<int>(0);
  std::weak_ptr<int> alive = counted;
  auto only_movable = [own = std::make_unique<std::shared_ptr<int>>(std::move(counted))](
                          std::uint32_t, CancellationToken) -> Task<Answer> {
    for (;;) co_await yield_now();
  };
  AsyncTask task(std::move(only_movable));
  {
    test::Probe probe(task(0, CancellationToken()));
    EXPECT_TRUE(probe.is_pending());
    EXPECT_FALSE(alive.expired());
  }
  EXPECT_TRUE(alive.expired());
}

TEST(AsyncTask, IsCalledOnce) {
  AsyncTask task(name_of);
  EXPECT_TRUE(task);
  static_cast<void>(task(0, CancellationToken()));
  EXPECT_FALSE(task);
  EXPECT_THROW(static_cast<void>(task(0, CancellationToken())), std::logic_error);
}

TEST(AsyncTask, WhatEscapesTheCallableReachesWhoeverAwaitsTheWork) {
  AsyncTask task([](std::uint32_t, CancellationToken) -> Task<Answer> { throw std::runtime_error("early"); });
  Task<Answer> work = task(0, CancellationToken());
  EXPECT_THROW(block_on(std::move(work)), std::runtime_error);
}

}  // namespace
}  // namespace corokit
