// Tests weak senders, and the counts of senders.
#include <corokit/explore_test.hpp>
#include <corokit/simulation.hpp>
#include <corokit/spawn.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/time/sleep.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "support/counted.hpp"
#include "support/destroy.hpp"
#include "support/probe.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::destroy;
using test::Probe;

struct Bounded {
  template <class T>
  static auto make() {
    return mpsc::channel<T>(16);
  }
  template <class T>
  static bool send(const mpsc::Sender<T>& tx, T message) {
    return tx.try_send(std::move(message)).has_value();
  }
  using Actor = mpsc::Sender<int>;
};
struct Unbounded {
  template <class T>
  static auto make() {
    return mpsc::unbounded_channel<T>();
  }
  template <class T>
  static bool send(const mpsc::UnboundedSender<T>& tx, T message) {
    return tx.send(std::move(message)).has_value();
  }
  using Actor = mpsc::UnboundedSender<int>;
};

/// Runs the same test on both kinds of channel.
template <class Kind>
class MpscWeak : public testing::Test {};
struct KindName {
  template <class Kind>
  static std::string GetName(int) {  // NOLINT(readability-identifier-naming): GoogleTest's name
    return std::is_same_v<Kind, Bounded> ? "Bounded" : "Unbounded";
  }
};
using Kinds = testing::Types<Bounded, Unbounded>;
TYPED_TEST_SUITE(MpscWeak, Kinds, KindName);

TYPED_TEST(MpscWeak, AWeakSenderDoesNotKeepTheChannelOpen) {
  auto [tx, rx] = TypeParam::template make<int>();
  const auto weak = tx.downgrade();
  EXPECT_FALSE(rx.is_closed());
  Probe recv(rx.recv());
  EXPECT_TRUE(recv.is_pending());
  destroy(tx);
  EXPECT_EQ(recv.wake_count(), 1u);
  ASSERT_TRUE(recv.poll());
  EXPECT_EQ(recv.take(), std::nullopt);
  EXPECT_TRUE(rx.is_closed());
}

TYPED_TEST(MpscWeak, AWeakSenderUpgradesAsLongAsThereIsASender) {
  auto [tx, rx] = TypeParam::template make<int>();
  const auto weak = tx.downgrade();
  const auto copy = weak;
  auto upgraded = weak.upgrade();
  ASSERT_TRUE(upgraded);
  EXPECT_TRUE(upgraded->same_channel(tx));
  EXPECT_TRUE(TypeParam::send(*upgraded, 1));
  destroy(tx);
  EXPECT_FALSE(rx.is_closed());
  EXPECT_TRUE(copy.upgrade());
  upgraded.reset();
  EXPECT_TRUE(rx.is_closed());
  EXPECT_FALSE(weak.upgrade());
  EXPECT_FALSE(copy.upgrade());
  EXPECT_EQ(rx.try_recv(), 1);
}

TYPED_TEST(MpscWeak, AnUpgradedSenderCountsForItself) {
  auto [tx, rx] = TypeParam::template make<int>();
  const auto weak = tx.downgrade();
  {
    auto upgraded = weak.upgrade();
    destroy(*upgraded);
  }
  EXPECT_TRUE(weak.upgrade());
  destroy(tx);
  EXPECT_FALSE(weak.upgrade());
}

TYPED_TEST(MpscWeak, AnActorSendsToItselfWhileOthersHoldIt) {
  using Sender = typename TypeParam::Actor;
  using Weak = decltype(std::declval<Sender>().downgrade());
  auto actor = [](mpsc::Receiver<int> rx, Weak self) -> Task<int> {
    int sum = 0;
    while (auto message = co_await rx.recv()) {
      sum += *message;
      if (*message == 0) continue;
      if (auto tx = self.upgrade()) static_cast<void>(TypeParam::send(*tx, *message - 1));
    }
    co_return sum;
  };
  auto body = [&actor]() -> Task<int> {
    auto [tx, rx] = TypeParam::template make<int>();
    auto handle = spawn(actor(std::move(rx), tx.downgrade()));
    static_cast<void>(TypeParam::send(tx, 4));
    co_await sleep(1ms);
    destroy(tx);
    auto sum = co_await handle;
    co_return *sum;
  };
  explorer::check({.search = explorer::Search::depth_first}, [&body]() -> Task<void> {
    const int sum = co_await body();
    EXPECT_EQ(sum, 10);
  });
}

TYPED_TEST(MpscWeak, MessagesAreDestroyedWithTheReceiverThoughWeakSendersRemain) {
  Census census;
  auto [tx, rx] = TypeParam::template make<Counted>();
  const auto weak = tx.downgrade();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(TypeParam::send(tx, Counted(census)));
  EXPECT_EQ(census.alive, 3);
  destroy(rx);
  EXPECT_EQ(census.alive, 0);
  EXPECT_FALSE(TypeParam::send(*weak.upgrade(), Counted(census)));
}

TYPED_TEST(MpscWeak, CopiesAndDowngradesAreCounted) {
  auto [tx, rx] = TypeParam::template make<int>();
  EXPECT_EQ(tx.strong_count(), 1u);
  EXPECT_EQ(tx.weak_count(), 0u);
  {
    const auto copy = tx;
    const auto weak = tx.downgrade();
    const auto weak_copy = weak;
    EXPECT_EQ(tx.strong_count(), 2u);
    EXPECT_EQ(copy.weak_count(), 2u);
    EXPECT_EQ(weak.strong_count(), 2u);
    EXPECT_EQ(weak_copy.weak_count(), 2u);
    EXPECT_EQ(rx.sender_strong_count(), 2u);
    EXPECT_EQ(rx.sender_weak_count(), 2u);
    const auto upgraded = weak.upgrade();
    EXPECT_EQ(tx.strong_count(), 3u);
    EXPECT_EQ(tx.weak_count(), 2u);
  }
  EXPECT_EQ(tx.strong_count(), 1u);
  EXPECT_EQ(tx.weak_count(), 0u);
  const auto weak = tx.downgrade();
  destroy(tx);
  EXPECT_EQ(weak.strong_count(), 0u);
  EXPECT_EQ(weak.weak_count(), 1u);
  EXPECT_EQ(rx.sender_strong_count(), 0u);
}

TYPED_TEST(MpscWeak, SendersKnowWhetherTheyShareAChannel) {
  auto [tx1, rx1] = TypeParam::template make<int>();
  auto [tx2, rx2] = TypeParam::template make<int>();
  EXPECT_TRUE(tx1.same_channel(tx1));
  EXPECT_FALSE(tx1.same_channel(tx2));
}

}  // namespace
}  // namespace corokit
