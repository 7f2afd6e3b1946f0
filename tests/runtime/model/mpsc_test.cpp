// Explores the end of an mpsc channel: a receiver that has closed the channel waits for the permits in use.
#include <corokit/sync/mpsc.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <optional>
#include <utility>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "one_task_executor.hpp"

namespace corokit::detail {
namespace {

using model::Report;
using model::run;
using model::Thread;

/// Closes the channel, and then adds up the messages that it still receives.
Task<void> close_and_receive(mpsc::Receiver<int>& rx, int& sum) {
  rx.close();
  while (const auto message = co_await rx.recv()) sum += *message;
}

TEST(MpscModel, TheLastPermitThatComesBackWakesAReceiverThatHasClosed) {
  const Report report = model::explore({}, [] {
    auto [tx, rx] = mpsc::channel<int>(1);
    std::optional permit = std::move(*tx.try_reserve());
    Thread gives_back([&held = permit] { held.reset(); });
    int sum = 0;
    run(close_and_receive(rx, sum));
    gives_back.join();
    model::require(sum == 0, "no message is received");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(MpscModel, AMessageThatHadRoomBeforeTheCloseIsReceived) {
  const Report report = model::explore({}, [] {
    auto [tx, rx] = mpsc::channel<int>(1);
    auto permit = tx.try_reserve();
    bool sent = false;
    Thread sends([&held = permit, &sent] { sent = held->send(7).has_value(); });
    int sum = 0;
    run(close_and_receive(rx, sum));
    sends.join();
    model::require(sent && sum == 7, "the message is sent and received");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

Task<void> reserve(const mpsc::Sender<int>& tx) {
  const auto permit = co_await tx.reserve();
}

TEST(MpscModel, ADroppedSenderThatHadRoomWakesAReceiverThatHasClosed) {
  const Report report = model::explore({}, [] {
    auto [tx, rx] = mpsc::channel<int>(1);
    std::optional permit = std::move(*tx.try_reserve());
    model::OneTaskExecutor executor;
    const auto queued = spawn_on(executor, reserve(tx));
    model::require(executor.run_one(), "the task is queued, so it runs and waits for room");
    Thread drops([&held = permit, &executor, &queued] {
      held.reset();  // gives the room to the task, which is then dropped together with it
      queued.abort();
      executor.run(queued);
    });
    int sum = 0;
    run(close_and_receive(rx, sum));
    drops.join();
    model::require(tx.capacity() == 1, "the room is free again");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
