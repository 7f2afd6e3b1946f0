// Explores the queue of an mpsc channel, with two messages per block.
#include <corokit/detail/sync/mpsc_queue.hpp>

#include <gtest/gtest.h>
#include <optional>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"

namespace corokit::detail {
namespace {

using model::Plain;
using model::Report;
using model::Thread;
using Queue = MpscQueue<Plain<int>*>;

void send(Queue& queue, Plain<int>& message, int value) {
  message.set(value);
  if (Queue::Slot* slot = queue.claim()) {
    slot->value = &message;
    static_cast<void>(slot->publish());
  }
}

int receive(Queue& queue) {
  while (!queue.head().is_ready()) cpu_relax();
  return queue.take()->get();
}

TEST(MpscQueueModel, MessagesOfOneSenderArriveInOrderAcrossBlocks) {
  const Report report = model::explore({}, [] {
    Queue queue;
    Plain<int> messages[5];
    Thread sender([&] {
      for (int i = 0; i < 5; ++i) send(queue, messages[i], i);
    });
    for (int i = 0; i < 5; ++i)
      model::require(receive(queue) == i, "messages are received in the order of sending");
    sender.join();
    queue.abandon();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(MpscQueueModel, EachMessageOfTwoSendersArrivesOnce) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    Queue queue;
    Plain<int> messages[4];
    Thread first([&] {
      send(queue, messages[0], 1);
      send(queue, messages[1], 10);
    });
    Thread second([&] {
      send(queue, messages[2], 100);
      send(queue, messages[3], 1000);
    });
    int sum = 0;
    for (int i = 0; i < 4; ++i) sum += receive(queue);
    model::require(sum == 1111, "each message is received once");
    first.join();
    second.join();
    queue.abandon();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(MpscQueueModel, AClaimThatCameBeforeTheCloseIsReceived) {
  const Report report = model::explore({}, [] {
    Queue queue;
    Plain<int> messages[3];
    Plain<int> sent(0);
    Thread sender([&] {
      for (auto& message : messages) {
        message.set(1);
        Queue::Slot* slot = queue.claim();
        if (!slot) break;
        slot->value = &message;
        static_cast<void>(slot->publish());
        sent.set(sent.get() + 1);
      }
    });
    queue.close();
    int got = 0;
    while (!queue.is_exhausted()) got += receive(queue);
    sender.join();
    model::require(got == sent.get(), "as many messages are received as were sent");
    queue.abandon();
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
