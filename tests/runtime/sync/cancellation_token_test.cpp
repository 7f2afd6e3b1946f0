#include <corokit/select.hpp>
#include <corokit/sync/cancellation_token.hpp>

#include <gtest/gtest.h>
#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "support/before_enqueue.hpp"
#include "support/probe.hpp"

static std::ptrdiff_t live_allocations = 0;  // this program has one thread

[[gnu::noinline]] void* operator new(std::size_t bytes) {
  void* memory = std::malloc(bytes);
  if (!memory) throw std::bad_alloc();
  ++live_allocations;
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory) --live_allocations;
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  if (memory) --live_allocations;
  std::free(memory);
}

namespace corokit {
namespace {

using test::Probe;

TEST(CancellationToken, CancelWakesAWaiterOnceAndEndsALaterWaitAtOnce) {
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

TEST(CancellationToken, AWaitForATemporaryKeepsWhatItNeedsBeforeItIsAwaited) {
  CancellationToken parent;
  Probe waiting(parent.child_token().cancelled());
  EXPECT_TRUE(waiting.is_pending());
  parent.cancel();
  EXPECT_TRUE(waiting.poll());
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

TEST(CancellationToken, CancelReachesGrandchildrenWhoseParentIsGone) {
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

TEST(CancellationToken, MovesAndAssignmentsKeepTheIdentity) {
  CancellationToken token;
  CancellationToken copy = token;
  CancellationToken moved = std::move(copy);
  EXPECT_EQ(moved, token);
  CancellationToken other;
  other = moved;
  EXPECT_EQ(other, token);
  auto& same = other;
  other = same;
  other.cancel();
  EXPECT_TRUE(token.is_cancelled());
}

// Trees.

TEST(CancellationToken, CancelReachesAllDescendantsAndNoOtherToken) {
  CancellationToken root;
  std::vector<CancellationToken> tokens{root};
  const std::size_t parents[] = {0, 0, 0, 1, 1, 4, 5, 4};  // of tokens 1 to 7; 0 is the root
  for (std::size_t i = 1; i < 8; ++i) tokens.push_back(tokens[parents[i]].child_token());
  std::vector<std::unique_ptr<Probe<detail::CancelledAwaiter>>> waiters;
  for (auto& token : tokens) {
    waiters.push_back(std::make_unique<Probe<detail::CancelledAwaiter>>(token.cancelled()));
    ASSERT_TRUE(waiters.back()->is_pending());
  }
  tokens[1].cancel();
  for (std::size_t i = 0; i < 8; ++i) {
    const bool below = i == 1 || i >= 3;
    EXPECT_EQ(tokens[i].is_cancelled(), below) << i;
    EXPECT_EQ(waiters[i]->wake_count(), below ? 1u : 0u) << i;
  }
  root.cancel();
  EXPECT_TRUE(tokens[2].is_cancelled());
  EXPECT_EQ(waiters[3]->wake_count(), 1u);
}

TEST(CancellationToken, DroppingTheParentCancelsNoChild) {
  auto parent = std::make_unique<CancellationToken>();
  CancellationToken first = parent->child_token();
  CancellationToken second = parent->child_token();
  parent.reset();
  EXPECT_FALSE(first.is_cancelled() || second.is_cancelled());
  CancellationToken grandchild = first.child_token();
  first.cancel();
  EXPECT_TRUE(grandchild.is_cancelled());
  EXPECT_FALSE(second.is_cancelled());
}

TEST(CancellationToken, ChildrenMayBeDroppedInAnyOrder) {
  std::vector<int> order{0, 1, 2, 3};
  do {
    for (const bool cancelled : {false, true}) {
      std::vector<std::optional<CancellationToken>> tokens(4);
      tokens[0].emplace();
      for (std::size_t i = 1; i < 4; ++i) tokens[i].emplace(tokens[0]->child_token());
      if (cancelled) tokens[0]->cancel();
      for (int i : order) tokens[static_cast<std::size_t>(i)].reset();
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

std::vector<CancellationToken> chain(std::size_t length) {
  std::vector<CancellationToken> tokens(1);
  tokens.reserve(length);
  while (tokens.size() < length) tokens.push_back(tokens.back().child_token());
  return tokens;
}

TEST(CancellationToken, CancellingAChainOf100000DoesNotRecurse) {
  auto tokens = chain(100'000);
  Probe last(tokens.back().cancelled());
  EXPECT_TRUE(last.is_pending());
  tokens.front().cancel();
  EXPECT_TRUE(std::all_of(tokens.begin(), tokens.end(), [](auto& token) { return token.is_cancelled(); }));
  EXPECT_TRUE(last.poll());
}

TEST(CancellationToken, DroppingAChainOf100000FromEitherEndDoesNotRecurse) {
  auto from_the_root = chain(100'000);
  CancellationToken leaf = from_the_root.back();
  from_the_root.clear();  // libstdc++ destroys a vector from the front
  EXPECT_FALSE(leaf.is_cancelled());
  auto from_the_leaf = chain(100'000);
  CancellationToken root = from_the_leaf.front();
  while (!from_the_leaf.empty()) from_the_leaf.pop_back();
  root.cancel();
  EXPECT_TRUE(root.is_cancelled());
}

TEST(CancellationToken, ATokenReplacedByItsChild100000TimesKeepsOnlyTheLastAndItsRoot) {
  CancellationToken root;
  CancellationToken token = root.child_token();
  const std::ptrdiff_t before = live_allocations;
  for (int i = 0; i < 100'000; ++i) token = token.child_token();
  EXPECT_EQ(live_allocations, before);
  root.cancel();
  EXPECT_TRUE(token.is_cancelled());
}

TEST(CancellationToken, ACancelBetweenCheckAndEnqueueEndsTheWait) {
  CancellationToken token;
  Probe waiter(test::BeforeEnqueue(token.cancelled(), [&] { token.cancel(); }));
  EXPECT_TRUE(waiter.poll());
}

// Dropped waits.

TEST(CancellationToken, AWaitDroppedAfterTheWakeUpDisturbsNobody) {
  CancellationToken token;
  Probe dropped(token.cancelled());
  Probe other(token.cancelled());
  EXPECT_TRUE(dropped.is_pending() && other.is_pending());
  token.cancel();
  EXPECT_TRUE(dropped.is_woken());
  dropped.drop();
  EXPECT_TRUE(other.poll());
}

TEST(CancellationToken, ALoserOfASelectIsNotWoken) {
  CancellationToken never;
  CancellationToken now;
  now.cancel();
  Probe both(select(never.cancelled(), now.cancelled()));
  EXPECT_TRUE(both.poll());
  EXPECT_EQ(both.take().index(), 1u);
  never.cancel();
  EXPECT_FALSE(both.is_woken());
}

TEST(CancellationToken, TheDestructorOfAWaitingFrameMayCancelTheTokenItWaitsFor) {
  auto body = [](CancellationToken token) -> Task<void> {
    auto guard = token.drop_guard();
    co_await token.cancelled();
  };
  CancellationToken token;
  Probe first(body(token));
  Probe second(token.cancelled());
  EXPECT_TRUE(first.is_pending() && second.is_pending());
  first.drop();
  EXPECT_TRUE(token.is_cancelled());
  EXPECT_TRUE(second.poll());
}

TEST(CancellationToken, AWokenWaiterFindsTheAncestorsCancelledToo) {
  CancellationToken parent;
  auto body = [](CancellationToken above, CancellationToken token) -> Task<bool> {
    co_await token.cancelled();
    co_return above.is_cancelled();
  };
  Probe waiter(body(parent, parent.child_token()));
  EXPECT_TRUE(waiter.is_pending());
  parent.cancel();
  EXPECT_TRUE(waiter.poll());
  EXPECT_TRUE(waiter.take());
}

}  // namespace
}  // namespace corokit
