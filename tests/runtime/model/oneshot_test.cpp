// Explores the two ends of a oneshot channel, which send, wait, close and are destroyed at the same time.
#include <corokit/sync/oneshot.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <optional>
#include <utility>

#include "explorer/expect.hpp"
#include "explorer/explore.hpp"
#include "one_task_executor.hpp"

namespace corokit::detail {
namespace {

using model::Plain;
using model::Report;
using model::run;
using model::Thread;

/// A value that is counted. The engine sees each of its accesses.
class Message {
 public:
  Message(int value, int& alive) : alive_(&alive) {
    data_.set(value);
    ++alive;
  }
  Message(Message&& other) noexcept : Message(other.data_.get(), *other.alive_) {}
  Message& operator=(Message&&) = delete;
  ~Message() {
    data_.set(0);  // a data race if another thread may still read it
    --*alive_;
  }
  int value() const { return data_.get(); }

 private:
  Plain<int> data_;
  int* alive_;
};

using Sender = oneshot::Sender<Message>;
using Receiver = oneshot::Receiver<Message>;

Task<void> receive(Receiver& rx, int& got) {
  const auto message = co_await rx;
  got = message ? message->value() : -1;
}

TEST(OneshotEndsModel, AWaitingReceiverGetsTheValue) {
  const Report report = model::explore({.preemptions = 3}, [] {
    int alive = 0;
    int got = 0;
    {
      auto [tx, rx] = oneshot::channel<Message>();
      Thread sends([&alive, to = &tx] {
        model::require(to->send(Message(7, alive)).has_value(), "the channel is open");
      });
      run(receive(rx, got));
      sends.join();
    }
    model::require(got == 7 && alive == 0, "the value is received and then destroyed");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(OneshotEndsModel, AWaitingReceiverLearnsOfTheSendersEnd) {
  const Report report = model::explore({.preemptions = 3}, [] {
    int got = 0;
    auto channel = oneshot::channel<Message>();
    std::optional<Sender> tx(std::move(channel.tx));
    Thread destroys([&] { tx.reset(); });
    run(receive(channel.rx, got));
    destroys.join();
    model::require(got == -1, "the receiver gets an error");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(OneshotEndsModel, ASendAndACloseAgreeOnTheOwnerOfTheValue) {
  const Report report = model::explore({.preemptions = 3}, [] {
    int alive = 0;
    bool sent = false;
    {
      auto [tx, rx] = oneshot::channel<Message>();
      Thread sends([&alive, &sent, to = &tx] { sent = to->send(Message(7, alive)).has_value(); });
      rx.close();
      const bool early = rx.try_recv().has_value();
      sends.join();
      model::require(early ? sent : rx.try_recv().has_value() == sent,
                     "the value is received exactly if it was sent");
    }
    model::require(alive == 0, "the value is destroyed once");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(OneshotEndsModel, EndsDestroyedAtTheSameTimeDestroyTheValueOnce) {
  const Report report = model::explore({.preemptions = 3}, [] {
    int alive = 0;
    auto channel = oneshot::channel<Message>();
    std::optional<Receiver> rx(std::move(channel.rx));
    Thread sends([&alive, to = &channel.tx] { static_cast<void>(to->send(Message(7, alive))); });
    rx.reset();
    sends.join();
    model::require(alive == 0, "the value is destroyed once");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(OneshotEndsModel, AWaitThatIsDroppedLosesNoValue) {
  const Report report = model::explore({.stale_loads = 1}, [] {
    int alive = 0;
    int got = 0;
    auto [tx, rx] = oneshot::channel<Message>();
    model::run_while_aborted(receive(rx, got), [&alive, to = &tx] {
      model::require(to->send(Message(7, alive)).has_value(), "the channel is open");
    });
    model::require(got == 7 || rx.try_recv().has_value(),
                   "the value is received by the aborted task or afterwards");
    model::require(alive == 0, "the value is destroyed once");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

TEST(OneshotEndsModel, TheSenderLearnsOfTheReceiversEnd) {
  const Report report = model::explore({.preemptions = 3}, [] {
    auto channel = oneshot::channel<Message>();
    std::optional<Receiver> rx(std::move(channel.rx));
    Thread destroys([&] { rx.reset(); });
    const auto wait = [](Sender& tx) -> Task<void> { co_await tx.closed(); };
    run(wait(channel.tx));
    destroys.join();
    model::require(channel.tx.is_closed(), "the channel is closed after closed() ends");
  });
  EXPECT_TRUE(model::right_on_every_schedule(report));
}

}  // namespace
}  // namespace corokit::detail
