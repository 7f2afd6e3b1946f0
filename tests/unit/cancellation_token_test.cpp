#include <corokit/select.hpp>
#include <corokit/sync/cancellation_token.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "support/probe.hpp"

namespace corokit {
namespace {

using test::Probe;

TEST(CancellationToken, WakesAWaiterOnceAndAnswersALateOneAtOnce) {
  CancellationToken token;
  Probe waiting(token.cancelled());
  Probe late(token.cancelled());
  EXPECT_TRUE(waiting.is_pending());
  token.cancel();
  token.cancel();
  EXPECT_TRUE(token.is_cancelled());
  EXPECT_EQ(waiting.wake_count(), 1u);
  EXPECT_TRUE(waiting.poll());
  EXPECT_TRUE(late.poll());
}

TEST(CancellationToken, ADroppedWaiterIsNotWoken) {
  CancellationToken token;
  {
    Probe waiting(token.cancelled());
    EXPECT_TRUE(waiting.is_pending());
  }
  token.cancel();
  EXPECT_TRUE(token.is_cancelled());
}

TEST(CancellationToken, AWaitOutlivesTheLastToken) {
  auto token = std::make_unique<CancellationToken>();
  CancellationToken parent;
  auto child = std::make_unique<CancellationToken>(parent.child_token());
  Probe for_ever(token->cancelled());
  Probe waiting(child->cancelled());
  EXPECT_TRUE(for_ever.is_pending() && waiting.is_pending());
  token.reset();
  child.reset();
  parent.cancel();
  EXPECT_TRUE(waiting.poll());
  EXPECT_TRUE(for_ever.is_pending());
}

TEST(CancellationToken, CancellingTheParentCancelsTheChild) {
  CancellationToken parent;
  CancellationToken child = parent.child_token();
  Probe waiting(child.cancelled());
  EXPECT_TRUE(waiting.is_pending());
  parent.cancel();
  EXPECT_EQ(waiting.wake_count(), 1u);
  EXPECT_TRUE(waiting.poll());
  EXPECT_TRUE(child.is_cancelled());
}

TEST(CancellationToken, CancellingTheChildLeavesParentAndSiblingsAlone) {
  CancellationToken parent;
  CancellationToken child = parent.child_token();
  CancellationToken sibling = parent.child_token();
  Probe waiting(parent.cancelled());
  EXPECT_TRUE(waiting.is_pending());
  child.cancel();
  EXPECT_TRUE(child.is_cancelled());
  EXPECT_FALSE(parent.is_cancelled() || sibling.is_cancelled());
  EXPECT_FALSE(waiting.is_woken());
  CancellationToken later = parent.child_token();
  parent.cancel();
  EXPECT_TRUE(sibling.is_cancelled() && later.is_cancelled());
}

TEST(CancellationToken, ReachesGrandchildrenWhenTheMiddleIsGone) {
  CancellationToken top;
  std::optional<CancellationToken> middle(top.child_token());
  CancellationToken leaf = middle->child_token();
  Probe waiting(leaf.cancelled());
  EXPECT_TRUE(waiting.is_pending());
  middle.reset();
  EXPECT_FALSE(leaf.is_cancelled());
  top.cancel();
  EXPECT_TRUE(leaf.is_cancelled());
  EXPECT_TRUE(waiting.poll());
}

TEST(CancellationToken, AChildOfACancelledTokenIsBornCancelled) {
  for (const bool parent_first : {true, false}) {
    std::optional<CancellationToken> parent(std::in_place);
    parent->cancel();
    std::optional<CancellationToken> child(parent->child_token());
    EXPECT_TRUE(child->is_cancelled());
    Probe waiting(child->cancelled());
    EXPECT_TRUE(waiting.poll());
    (parent_first ? parent : child).reset();
  }
}

TEST(CancellationToken, ADropGuardCancelsUnlessDisarmed) {
  CancellationToken token;
  CancellationToken other;
  { auto guard = token.drop_guard(); }
  EXPECT_TRUE(token.is_cancelled());
  {
    auto guard = other.drop_guard();
    auto moved = std::move(guard);
    EXPECT_TRUE(moved.disarm() == other);
  }
  EXPECT_FALSE(other.is_cancelled());
}

TEST(CancellationToken, CopiesAreEqualAndHashAlike) {
  CancellationToken token;
  CancellationToken copy = token;
  CancellationToken child = token.child_token();
  CancellationToken other;
  EXPECT_EQ(token, copy);
  EXPECT_NE(token, child);
  EXPECT_NE(token, other);
  EXPECT_NE(child, token.child_token());
  std::unordered_set<CancellationToken> set{token, copy, child, other};
  EXPECT_EQ(set.size(), 3u);
  EXPECT_TRUE(set.contains(copy));
}

}  // namespace
}  // namespace corokit
