// Compares cancellation tokens with a model, and runs them over many schedules and on threads.
#include <corokit/explore_test.hpp>
#include <corokit/join_set.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/simulation.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "support/chosen.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using detail::CancelledAwaiter;
using detail::Rng;
using explorer::Search;
using test::Chosen;
using test::Probe;

/// Plays random operations on a forest of tokens and on its model, and compares the two after each operation.
class Game {
 public:
  void play(int steps) {
    for (int i = 0; i < steps && !explorer::failed(); ++i) {
      step();
      compare();
    }
  }

 private:
  static constexpr int kNone = -1;

  struct Node {
    explicit Node(CancellationToken made, int above, bool born_cancelled)
        : token(std::move(made)), parent(above), cancelled(born_cancelled) {}
    std::optional<CancellationToken> token;  // empty once the token was dropped
    std::unique_ptr<Probe<CancelledAwaiter>> waiter;
    int parent;  // may be a dropped one, which still passes a cancellation on
    bool cancelled;
    bool waits = false;  // the waiter began before the cancellation
  };

  void step() {
    Node* node = pick();
    switch (Chosen::below(8)) {
      case 0:
        nodes_.emplace_back(CancellationToken(), kNone, false);
        return;
      case 1:
      case 2:
      case 3:
        if (node) add_child(*node);
        return;
      case 4:
      case 5:
        if (node) node->token.reset();
        return;
      case 6:
        if (node && Chosen::below(3) == 0) cancel(*node);
        return;
      default:
        if (node) node->waiter ? node->waiter.reset() : wait(*node);
    }
  }

  Node* pick() {
    if (nodes_.empty()) return nullptr;
    Node& node = nodes_[Chosen::below(static_cast<std::uint32_t>(nodes_.size()))];
    return node.token ? &node : nullptr;
  }

  void add_child(Node& node) {
    const int parent = static_cast<int>(&node - nodes_.data());
    CancellationToken child = node.token->child_token();
    const bool cancelled = node.cancelled;
    nodes_.emplace_back(std::move(child), parent, cancelled);
  }

  void wait(Node& node) {
    node.waiter = std::make_unique<Probe<CancelledAwaiter>>(node.token->cancelled());
    ASSERT_EQ(node.waiter->poll(), node.cancelled);
    node.waits = !node.cancelled;
  }

  void cancel(Node& node) {
    node.token->cancel();
    node.cancelled = true;
    for (Node& other : nodes_)  // a parent comes before its children
      if (other.parent != kNone && nodes_[static_cast<std::size_t>(other.parent)].cancelled)
        other.cancelled = true;
  }

  void compare() {
    for (const Node& node : nodes_) {
      if (node.token) {
        EXPECT_EQ(node.token->is_cancelled(), node.cancelled);
      }
      if (node.waiter) {
        EXPECT_EQ(node.waiter->wake_count(), node.waits && node.cancelled ? 1u : 0u);
      }
    }
  }

  std::vector<Node> nodes_;
};

COROKIT_EXPLORE(CancellationTokenModel, RandomOperationsOnForestsMatchTheModel,
                .search = explorer::Search::random, .schedules = 300) {
  Game().play(150);
  co_return;
}

// These tasks make, await, cancel and drop tokens of one tree at the same time.

struct Counts {
  std::atomic<int> not_inherited{0};
  std::atomic<int> woken{0};
  std::atomic<int> cancelled_early{0};
};

Rng part_of(Rng& random) {
  return Rng(random.next());
}
Chosen part_of(Chosen&) {
  return {};
}

template <class Random>
Task<void> grow(CancellationToken parent, Random random, int width, int depth, Counts& counts) {
  CancellationToken token = parent.child_token();
  JoinSet<void> children;
  if (depth > 0)
    for (int i = 0; i < width; ++i) children.spawn(grow(token, part_of(random), width, depth - 1, counts));
  switch (random.below(4)) {
    case 0:
      token = token.child_token();
      break;  // drops the token in the middle
    case 1:
      token.cancel();
      break;
    case 2:
      parent = token;
      break;
    default: {
      auto looked = co_await select(token.cancelled(), yield_now());
      if (looked.index() == 0 && !token.is_cancelled()) ++counts.not_inherited;
      if (looked.index() == 0) ++counts.cancelled_early;
    }
  }
  co_await token.cancelled();
  if (!token.is_cancelled()) ++counts.not_inherited;
  ++counts.woken;
  while (co_await children.join_next()) {
  }
}

template <class Random>
Task<void> cancel_while_it_grows(Random random, int width, int depth, Counts& counts) {
  CancellationToken root;
  JoinSet<void> tops;
  for (int i = 0; i < width; ++i) tops.spawn(grow(root, part_of(random), width, depth, counts));
  for (std::uint32_t i = random.below(12); i > 0; --i) co_await yield_now();
  root.cancel();
  while (co_await tops.join_next()) {
  }
}

Task<void> explore_growth(int width, int depth, int tokens) {
  Counts counts;
  co_await cancel_while_it_grows(Chosen{}, width, depth, counts);
  EXPECT_EQ(counts.woken, tokens);
  EXPECT_EQ(counts.not_inherited, 0);
  explorer::reached("a cancel comes while a select looks", counts.cancelled_early > 0);
}

COROKIT_EXPLORE(CancellationTokenSchedules, ACancelDuringGrowthReachesBothTokens,
                .search = Search::depth_first, .preemptions = 1, .schedules = 50'000) {
  co_await explore_growth(2, 0, 2);
}

COROKIT_EXPLORE(CancellationTokenSchedules, ACancelDuringGrowthReachesAParentAndItsChild,
                .search = Search::depth_first, .preemptions = 2, .schedules = 50'000) {
  co_await explore_growth(1, 1, 2);
}

COROKIT_EXPLORE(CancellationTokenSchedules, ACancelDuringGrowthReachesEachOf39Tokens, .search = Search::pct,
                .schedules = 1'000) {
  co_await explore_growth(3, 2, 39);
}

TEST(CancellationTokenThreads, ACancelDuringGrowthReachesEveryToken) {
  auto runtime = Runtime::multi_thread(4);
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Counts counts;
    runtime.block_on(cancel_while_it_grows(Rng(seed), 3, 4, counts));
    EXPECT_EQ(counts.woken, 363);
    EXPECT_EQ(counts.not_inherited, 0);
  }
}

TEST(CancellationTokenThreads, AThreadThatSeesTheCancelSeesWhatWasWrittenBeforeIt) {
  auto root = []() -> Task<void> {
    auto check = [](CancellationToken token, int& written) -> Task<void> {
      while (!token.is_cancelled()) co_await yield_now();
      EXPECT_EQ(written, 1);
    };
    auto wait = [](CancellationToken token, int& written) -> Task<void> {
      co_await token.cancelled();
      EXPECT_EQ(written, 1);
    };
    for (int round = 0; round < 100; ++round) {
      CancellationToken token;
      int plain = 0;
      JoinSet<void> all;
      for (int i = 0; i < 4; ++i) {
        all.spawn(check(token.child_token(), plain));
        all.spawn(wait(token.child_token(), plain));
      }
      co_await yield_now();
      plain = 1;
      token.cancel();
      while (co_await all.join_next()) {
      }
    }
  };
  Runtime::multi_thread(4).block_on(root());
}

TEST(CancellationTokenThreads, TokensOfOneTreeMayBeDroppedAndCancelledAtOnce) {
  auto root = []() -> Task<void> {
    auto drop = [](CancellationToken token) -> Task<void> {
      co_await yield_now();
      token = CancellationToken();
    };
    auto cancel = [](CancellationToken token) -> Task<void> {
      co_await yield_now();
      token.cancel();
      EXPECT_TRUE(token.is_cancelled());
    };
    for (int round = 0; round < 200; ++round) {
      CancellationToken top;
      CancellationToken middle = top.child_token();
      CancellationToken leaf = middle.child_token();
      JoinSet<void> all;
      all.spawn(drop(std::move(middle)));
      all.spawn(cancel(leaf));
      all.spawn(cancel(top));
      all.spawn(drop(top.child_token()));
      all.spawn(drop(std::move(leaf)));
      while (co_await all.join_next()) {
      }
      EXPECT_TRUE(top.is_cancelled());
    }
  };
  Runtime::multi_thread(4).block_on(root());
}

}  // namespace
}  // namespace corokit
