// Compares JoinSet with a model over many schedules, in which several things happen to a task at the same moment.
#include <corokit/detail/executor/rng.hpp>
#include <corokit/join_handle.hpp>
#include <corokit/join_set.hpp>
#include <corokit/simulation.hpp>
#include <corokit/task.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/counted.hpp"
#include "support/gate.hpp"

namespace corokit {
namespace {

using detail::Rng;
using test::Census;
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

/// Counts the outcomes of all games, so that the test can check that it has reached each of them.
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
  Game(std::uint64_t seed, Ends& ends) : rng_(seed), ends_(ends), simulation_(sim::Options{.seed = seed}) {}

  void play(int rounds) {
    for (int i = 0; i < rounds && !testing::Test::HasFailure(); ++i) {
      for (std::uint32_t burst = rng_.below(4); burst > 0; --burst) step();
      if (rng_.below(2) == 0)
        simulation_.step();
      else
        simulation_.settle();
      EXPECT_EQ(set_->size(), members());
    }
    finish();
  }

 private:
  void step() {
    const std::uint32_t dice = rng_.below(40);
    if (dice < 12) return spawn();
    if (dice < 20) return join();
    if (dice < 24) return give_up();
    if (dice < 26) return take(set_->try_join_next());
    if (dice == 26) return abort_all();
    if (dice == 27) return detach_all();
    if (children_.empty()) return;
    Child& child = *children_[rng_.below(static_cast<std::uint32_t>(children_.size()))];
    if (dice < 36) return tell(child);
    child.aborted = true;
    child.abort->abort();
  }

  void spawn() {
    auto child = std::make_unique<Child>();
    child->id = children_.size();
    child->throws = rng_.below(4) == 0;
    child->abort.emplace(set_->insert(simulation_.spawn(obey(*child, Counted(census_)))));
    children_.push_back(std::move(child));
  }

  static void tell(Child& child) {
    child.is_told = true;
    child.told.open();
  }

  void join() {
    if (joining_ && !joining_->is_finished()) return;
    was_cleared_ = false;
    joining_.emplace(simulation_.spawn(join_one(*this)));
  }
  static Task<void> join_one(Game& game) { game.take(co_await game.set_->join_next(), true); }
  void give_up() {
    if (!joining_) return;
    ends_.waits_given_up += !joining_->is_finished();
    joining_->abort();
    joining_.reset();
    simulation_.settle();  // only one join_next() at a time is allowed
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

  void finish() {
    for (auto& child : children_) tell(*child);
    give_up();
    simulation_.settle();
    while (auto joined = set_->try_join_next()) take(std::move(joined));
    EXPECT_TRUE(set_->empty());
    EXPECT_EQ(simulation_.alive_tasks(), 0u);
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

  Rng rng_;
  Ends& ends_;
  Census census_;
  std::vector<std::unique_ptr<Child>> children_;
  sim::Simulation simulation_;
  std::unique_ptr<JoinSet<std::size_t>> set_ = std::make_unique<JoinSet<std::size_t>>();
  std::optional<JoinHandle<void>> joining_;
  int cancelled_ = 0;
  bool was_cleared_ = false;  // since the latest wait began
};

TEST(JoinSetSchedules, EachTaskIsGivenOnceOrCancelledOrDetachedOver500Seeds) {
  Ends ends;
  for (std::uint64_t seed = 0; seed < 500 && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Game(seed, ends).play(40);
  }
  for (const int seen : {ends.values, ends.exceptions, ends.cancelled, ends.detached, ends.waits_given_up,
                         ends.aborted_in_vain})
    EXPECT_GT(seen, 100);
}

}  // namespace
}  // namespace corokit
