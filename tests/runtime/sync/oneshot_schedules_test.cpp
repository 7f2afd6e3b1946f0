// Compares the oneshot channel with a model, while its two ends do random operations.
#include <corokit/explore_test.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "support/chosen.hpp"
#include "support/counted.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using oneshot::RecvError;
using oneshot::TryRecvError;
using test::Census;
using test::Chosen;
using test::Counted;
using test::Probe;
using Tx = oneshot::Sender<Counted>;
using Rx = oneshot::Receiver<Counted>;

Task<Result<Counted, RecvError>> receive(Rx& rx) {
  co_return co_await rx;
}
Task<void> wait_for_close(Tx& tx) {
  co_await tx.closed();
}

/// Counts the outcomes of all games, so that the test can check that it has reached each of them.
struct Ends {
  int received = 0;
  int returned = 0;
  int stranded = 0;  // sent, and destroyed with the channel
  int missing = 0;   // the receiver got an error
};

/// The model knows whether there is a value, and whether each end is alive.
class Game {
 public:
  Game(Census& census, Ends& ends) : census_(census), ends_(ends) {
    auto channel = oneshot::channel<Counted>();
    tx_.emplace(std::move(channel.tx));
    rx_.emplace(std::move(channel.rx));
  }
  ~Game() {
    if (rx_) drop_receiver();
  }

  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      compare();
    }
  }

 private:
  bool sender_done() const { return !tx_; }
  bool receiver_done() const { return !rx_ || closed_; }

  void step() {
    switch (Chosen::below(12)) {
      case 0:
        if (tx_ && Chosen::below(2) == 0) return send();
        return;
      case 1:
        if (tx_ && Chosen::below(4) == 0) return drop_sender();
        return;
      case 2:
        if (rx_ && Chosen::below(4) == 0) return drop_receiver();
        return;
      case 3:
        if (rx_ && Chosen::below(4) == 0) {
          rx_->close();
          closed_ = true;
        }
        return;
      case 4:
        return receiving_.reset();
      case 5:
        return closing_.reset();
      case 6:
      case 7:
        if (tx_) return wait_for_the_close();
        return;
      case 8:
        if (rx_ && !receiving_) return try_receive();
        return;
      default:
        if (rx_) return receive_it();
    }
  }

  void send() {
    closing_.reset();  // the wait must end before the sender is used up
    auto sent = tx_->send(Counted(census_));
    tx_.reset();
    ASSERT_EQ(sent.has_value(), !receiver_done());
    is_full_ = sent.has_value();
    ends_.returned += !sent;
  }
  void drop_sender() {
    closing_.reset();
    tx_.reset();
  }
  void drop_receiver() {
    receiving_.reset();
    rx_.reset();
    ends_.stranded += is_full_;
    is_full_ = false;
  }

  void receive_it() {
    if (!receiving_) receiving_ = std::make_unique<Probe<Task<Result<Counted, RecvError>>>>(receive(*rx_));
    ASSERT_EQ(receiving_->poll(), sender_done() || receiver_done());
    if (!receiving_->is_ready()) return;
    const bool got = receiving_->take().has_value();
    receiving_.reset();
    ASSERT_EQ(got, is_full_);
    taken(got);
  }
  void try_receive() {
    const auto got = rx_->try_recv();
    ASSERT_EQ(got.has_value(), is_full_);
    if (got || sender_done() || receiver_done()) return taken(got.has_value());
    EXPECT_EQ(got.error(), TryRecvError::empty);
  }
  void taken(bool value) {
    ++(value ? ends_.received : ends_.missing);
    is_full_ = false;
    told_ = true;
  }

  void wait_for_the_close() {
    if (!closing_) closing_ = std::make_unique<Probe<Task<void>>>(wait_for_close(*tx_));
    ASSERT_EQ(closing_->poll(), receiver_done());
    if (closing_->is_ready()) closing_.reset();
  }

  void compare() {
    if (receiving_) {
      EXPECT_EQ(receiving_->wake_count(), sender_done() || receiver_done() ? 1u : 0u);
    }
    if (closing_) {
      EXPECT_EQ(closing_->wake_count(), receiver_done() ? 1u : 0u);
    }
    if (tx_) {
      EXPECT_EQ(tx_->is_closed(), receiver_done());
    }
    if (rx_) {
      EXPECT_EQ(rx_->is_empty(), !is_full_);
      EXPECT_EQ(rx_->is_terminated(), told_);
    }
    EXPECT_EQ(census_.alive, is_full_ ? 1 : 0);
  }

  Census& census_;
  Ends& ends_;
  std::optional<Tx> tx_;
  std::optional<Rx> rx_;
  bool closed_ = false;
  bool is_full_ = false;
  bool told_ = false;
  // These are destroyed before the ends that they refer to.
  std::unique_ptr<Probe<Task<Result<Counted, RecvError>>>> receiving_;
  std::unique_ptr<Probe<Task<void>>> closing_;
};

COROKIT_EXPLORE(OneshotModel, RandomOperationsOfBothEndsMatchTheModel, .search = explorer::Search::random,
                .schedules = 3'000) {
  Ends ends;
  Census census;
  Game(census, ends).play(40);
  EXPECT_EQ(census.alive, 0);
  explorer::reached("the value is received", ends.received > 0);
  explorer::reached("the value comes back", ends.returned > 0);
  explorer::reached("the value is destroyed with the receiver", ends.stranded > 0);
  explorer::reached("the receiver gets an error", ends.missing > 0);
  co_return;
}

}  // namespace
}  // namespace corokit
