// Compares the watch channel with a model.
#include <corokit/explore_test.hpp>
#include <corokit/result.hpp>
#include <corokit/sync/watch.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Chosen;
using test::Probe;
using Change = Probe<Task<Result<void, watch::Closed>>>;

Task<Result<void, watch::Closed>> change(watch::Receiver<int>& rx) {
  co_return co_await rx.changed();
}
Task<void> all_gone(watch::Sender<int>& tx) {
  co_await tx.closed();
}

/// In the model, the value is the number of the latest change.
/// Each receiver has seen one of these numbers, or kNothing.
class Game {
 public:
  Game() {
    auto channel = watch::channel(0);
    senders_.push_back(std::make_unique<Sending>(std::move(channel.tx)));
    receivers_.push_back(std::make_unique<Receiving>(std::move(channel.rx), 0));
  }

  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      const std::uint32_t dice = Chosen::below(10);
      if (dice < 2 && !senders_.empty()) {
        change_the_value(*senders_[pick(senders_)]);
      } else if (dice == 2 && !senders_.empty()) {
        wait_for_the_end(*senders_[pick(senders_)]);
      } else if (dice == 3) {
        change_the_ends();
      } else if (!receivers_.empty()) {
        Receiving& one = *receivers_[pick(receivers_)];
        dice < 8 ? wait_or_drop(one) : read(one);
      }
      compare();
    }
  }
  int changes() const { return changes_; }
  int ends() const { return ends_; }

 private:
  static constexpr int kNothing = -1;
  struct Sending {
    explicit Sending(watch::Sender<int> sender) : tx(std::move(sender)) {}
    watch::Sender<int> tx;
    std::unique_ptr<Probe<Task<void>>> closing;  // is destroyed before the sender that it refers to
  };
  struct Receiving {
    Receiving(watch::Receiver<int> receiver, int has_seen) : rx(std::move(receiver)), seen(has_seen) {}
    watch::Receiver<int> rx;
    int seen;
    std::unique_ptr<Change> waiting;
  };

  void change_the_value(Sending& from) {
    const int next = value_ + 1;
    switch (Chosen::below(5)) {
      case 0: {
        const auto sent = from.tx.send(next);
        ASSERT_EQ(sent.has_value(), !receivers_.empty());
        if (sent) value_ = next;
        return;
      }
      case 1:
        EXPECT_EQ(from.tx.send_replace(next), value_);
        value_ = next;
        return;
      case 2:
        from.tx.send_modify([](int& value) { ++value; });
        value_ = next;
        return;
      case 3:
        EXPECT_FALSE(from.tx.send_if_modified([](int& value) { return ++value < 0; }));
        return;
      default: {
        const auto fail = [](int& value) {
          ++value;
          throw std::runtime_error("no change");
        };
        EXPECT_THROW(from.tx.send_modify(fail), std::runtime_error);
      }
    }
  }

  void wait_for_the_end(Sending& one) {
    if (one.closing && Chosen::below(2) == 0) return one.closing.reset();
    if (!one.closing) one.closing = std::make_unique<Probe<Task<void>>>(all_gone(one.tx));
    ASSERT_EQ(one.closing->poll(), receivers_.empty());
    if (one.closing->is_ready()) one.closing.reset();
  }

  void change_the_ends() {
    const std::uint32_t dice = Chosen::below(8);
    if (dice < 3 && !senders_.empty()) {
      receivers_.push_back(std::make_unique<Receiving>(senders_.front()->tx.subscribe(), value_));
    } else if (dice == 3 && !receivers_.empty()) {
      const Receiving& one = *receivers_[pick(receivers_)];
      receivers_.push_back(std::make_unique<Receiving>(watch::Receiver<int>(one.rx), one.seen));
    } else if (dice < 6 && !receivers_.empty()) {
      receivers_.erase(receivers_.begin() + static_cast<std::ptrdiff_t>(pick(receivers_)));
    } else if (dice == 6 && !senders_.empty()) {
      senders_.push_back(std::make_unique<Sending>(watch::Sender<int>(senders_.front()->tx)));
    } else if (!senders_.empty()) {
      senders_.erase(senders_.begin() + static_cast<std::ptrdiff_t>(pick(senders_)));
    }
  }

  bool is_settled(const Receiving& one) const { return one.seen != value_ || senders_.empty(); }

  void wait_or_drop(Receiving& one) {
    if (one.waiting && Chosen::below(3) == 0)
      return one.waiting.reset();  // the value that it has seen stays the same
    if (!one.waiting) one.waiting = std::make_unique<Change>(change(one.rx));
    ASSERT_EQ(one.waiting->poll(), is_settled(one));
    if (!one.waiting->is_ready()) return;
    ASSERT_EQ(one.waiting->take().has_value(), one.seen != value_);
    ++(one.seen != value_ ? changes_ : ends_);
    one.waiting.reset();
    one.seen = value_;
  }

  void read(Receiving& one) {
    if (one.waiting) return;  // the wait uses the receiver alone
    const std::uint32_t dice = Chosen::below(4);
    if (dice < 2) {
      const auto now = dice == 0 ? one.rx.borrow() : one.rx.borrow_and_update();
      EXPECT_EQ(*now, value_);
      EXPECT_EQ(now.has_changed(), one.seen != value_);
      if (dice == 1) one.seen = value_;
    } else if (dice == 2) {
      one.rx.mark_changed();
      one.seen = kNothing;
    } else {
      one.rx.mark_unchanged();
      one.seen = value_;
    }
  }

  void compare() {
    for (const auto& one : receivers_) {
      EXPECT_EQ(*one->rx.borrow(), value_);
      const auto has_changed = one->rx.has_changed();
      ASSERT_EQ(has_changed.has_value(), !senders_.empty());
      if (has_changed) {
        EXPECT_EQ(*has_changed, one->seen != value_);
      }
      if (one->waiting) {
        EXPECT_EQ(one->waiting->wake_count(), is_settled(*one) ? 1u : 0u);
      }
    }
    for (const auto& one : senders_) {
      EXPECT_EQ(*one->tx.borrow(), value_);
      EXPECT_EQ(one->tx.receiver_count(), receivers_.size());
      EXPECT_EQ(one->tx.sender_count(), senders_.size());
      if (one->closing && receivers_.empty()) {
        EXPECT_TRUE(one->closing->is_woken());
      }
    }
  }

  template <class List>
  std::size_t pick(const List& list) {
    return Chosen::below(static_cast<std::uint32_t>(list.size()));
  }

  int value_ = 0;
  int changes_ = 0;  // the number of changes that ended a wait
  int ends_ = 0;
  std::vector<std::unique_ptr<Sending>> senders_;
  std::vector<std::unique_ptr<Receiving>> receivers_;
};

COROKIT_EXPLORE(WatchModel, RandomOperationsMatchTheModel, .search = explorer::Search::random,
                .schedules = 500) {
  Game game;
  game.play(150);
  explorer::reached("changes end waits", game.changes() > 2);
  explorer::reached("the end of the senders ends a wait", game.ends() > 0);
  co_return;
}

}  // namespace
}  // namespace corokit
