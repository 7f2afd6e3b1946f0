// Compares JoinSet with a model over many schedules, in which several things happen to a task at the same moment.
#include <corokit/explore_test.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/join_set.hpp>
#include <corokit/spawn.hpp>
#include <corokit/task.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/counted.hpp"
#include "support/gate.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using explorer::Search;
using test::Census;
using test::Chosen;
using test::Counted;
using test::Gate;

/// One task of the set: what it was told to do, and how often its result was given.
struct Child {
  std::size_t id = 0;
  Gate told;
  bool is_told = false;
  bool throws = false;
  bool aborted = false;
  bool is_past = false;  // detached, or cancelled and taken, before the set was cleared
  int given = 0;
  std::optional<AbortHandle> abort;
};

Task<std::size_t> obey(Child& child, Counted) {
  co_await child.told.wait();
  if (child.throws) throw std::runtime_error(std::to_string(child.id));
  co_return child.id;
}

/// Counts the outcomes of a game.
struct Ends {
  int values = 0;
  int exceptions = 0;
  int cancelled = 0;
  int detached = 0;
  int waits_given_up = 0;
  int aborted_in_vain = 0;  // the task was over before its abort
};

/// The model is a multiset of children. Several operations may come before any task runs: a child may be told to end
/// and be aborted, and a wait may be given a result and be dropped. Either of the two may take effect.
class Game {
 public:
  Task<void> play(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      for (std::uint32_t burst = Chosen::below(4); burst > 0; --burst) co_await step();
      if (Chosen::below(2) == 0)
        co_await yield_now();
      else
        co_await sleep(1ms);  // until all wait
      EXPECT_EQ(set_->size(), members());
    }
    co_await finish();
  }
  const Ends& ends() const { return ends_; }

 private:
  Task<void> step() {
    const std::uint32_t dice = Chosen::below(40);
    if (dice >= 20 && dice < 24) co_return co_await give_up();
    act(dice);
  }
  void act(std::uint32_t dice) {
    if (dice < 12) return begin();
    if (dice < 20) return join();
    if (dice < 26) return take(set_->try_join_next());
    if (dice == 26) return abort_all();
    if (dice == 27) return detach_all();
    if (children_.empty()) return;
    Child& child = *children_[Chosen::below(static_cast<std::uint32_t>(children_.size()))];
    if (dice < 36) return tell(child);
    child.aborted = true;
    child.abort->abort();
  }

  void begin() {
    auto child = std::make_unique<Child>();
    child->id = children_.size();
    child->throws = Chosen::below(4) == 0;
    child->abort.emplace(set_->insert(spawn(obey(*child, Counted(census_)))));
    children_.push_back(std::move(child));
  }

  static void tell(Child& child) {
    child.is_told = true;
    child.told.open();
  }

  void join() {
    if (joining_ && !joining_->is_finished()) return;
    was_cleared_ = false;
    joining_.emplace(spawn(join_one(*this)));
  }
  static Task<void> join_one(Game& game) { game.take(co_await game.set_->join_next(), true); }
  Task<void> give_up() {
    if (!joining_) co_return;
    ends_.waits_given_up += !joining_->is_finished();
    joining_->abort();
    joining_.reset();
    co_await sleep(1ms);  // only one join_next() at a time is allowed
  }

  void abort_all() {
    set_->abort_all();
    for (auto& child : children_)
      if (!child->is_past && child->given == 0) child->aborted = true;
  }
  void detach_all() {
    ends_.detached += static_cast<int>(set_->size());
    set_->detach_all();
    for (auto& child : children_) child->is_past = child->is_past || child->given == 0;
    cancelled_ = 0;
    was_cleared_ = true;
  }

  /// Finds the child to which a result belongs, and counts it.
  void take(std::optional<JoinSet<std::size_t>::Joined> joined, bool waited = false) {
    if (!joined) {
      EXPECT_TRUE(!waited || set_->empty() || was_cleared_);
      return;
    }
    if (*joined) {
      Child& child = *children_.at(**joined);
      EXPECT_TRUE(child.is_told && !child.throws && !child.is_past);
      ++ends_.values;
      ends_.aborted_in_vain += child.aborted;
      ++child.given;
    } else if (joined->error().is_cancelled()) {
      ++cancelled_;
      ++ends_.cancelled;
    } else {
      Child& child = *children_.at(id_of(joined->error()));
      EXPECT_TRUE(child.is_told && child.throws && !child.is_past);
      ++ends_.exceptions;
      ++child.given;
    }
  }
  static std::size_t id_of(const JoinError& error) {
    try {
      std::rethrow_exception(error.exception());
    } catch (const std::runtime_error& thrown) {
      return std::stoul(thrown.what());
    }
  }

  /// Returns: the number of children whose results are still to be given. A cancelled result does not say whose it is.
  std::size_t members() const {
    std::size_t count = 0;
    for (const auto& child : children_) count += child->given == 0 && !child->is_past;
    return count - static_cast<std::size_t>(cancelled_);
  }

  Task<void> finish() {
    for (auto& child : children_) tell(*child);
    co_await give_up();
    co_await sleep(1ms);
    while (auto joined = set_->try_join_next()) take(std::move(joined));
    EXPECT_TRUE(set_->empty());
    EXPECT_EQ(census_.alive, 0);
    int aborted = 0;
    for (const auto& child : children_) {
      EXPECT_LE(child->given, child->is_past ? 0 : 1);
      if (child->given == 0 && !child->is_past) {
        EXPECT_TRUE(child->aborted) << child->id;
        ++aborted;
      }
    }
    EXPECT_EQ(aborted, cancelled_);
  }

  Ends ends_;
  Census census_;
  std::vector<std::unique_ptr<Child>> children_;
  std::unique_ptr<JoinSet<std::size_t>> set_ = std::make_unique<JoinSet<std::size_t>>();
  std::optional<JoinHandle<void>> joining_;
  int cancelled_ = 0;
  bool was_cleared_ = false;  // since the latest wait began
};

Task<void> explore_game(int rounds) {
  Game game;
  co_await game.play(rounds);
  const Ends& ends = game.ends();
  explorer::reached("a task gives a value", ends.values > 0);
  explorer::reached("a task throws", ends.exceptions > 0);
  explorer::reached("a task is cancelled", ends.cancelled > 0);
  explorer::reached("a task is detached", ends.detached > 0);
  explorer::reached("a wait is given up", ends.waits_given_up > 0);
  explorer::reached("a task is over before its abort", ends.aborted_in_vain > 0);
}

COROKIT_EXPLORE(JoinSetSchedules, EachTaskIsGivenOnceOrCancelledOrDetached, .search = Search::random,
                .schedules = 2'000, .allow_unseen_exceptions = true) {
  co_await explore_game(40);
}

COROKIT_EXPLORE(JoinSetSchedules, EachTaskOfAShortGameIsGivenOnceOrCancelledOrDetached,
                .search = Search::random, .schedules = 20'000, .allow_unseen_exceptions = true) {
  co_await explore_game(6);
}

}  // namespace
}  // namespace corokit
