// As drop_everywhere_test.cpp, for locks, rooms and values that are made once.
#include <corokit/sync/barrier.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/sync/set_once.hpp>
#include <corokit/time/interval.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "support/drop_everywhere.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::DropBy;
using test::DropEverywhere;

struct WorldBase {
  static Task<void> prepare() { co_return; }
  static Task<void> help() { co_return; }
};

struct ReadWorld : WorldBase {
  RwLock<int> lock{0, 2};
  Task<void> operate() {
    const auto guard = co_await lock.read();
    co_await yield_now();
  }
  Task<void> help() {
    for (int i = 0; i < 2; ++i) {
      auto guard = co_await lock.write();
      co_await yield_now();
      const auto reading = std::move(guard).downgrade();
      co_await yield_now();
    }
  }
  Task<bool> again() {
    { const auto guard = co_await lock.read(); }
    co_return lock.try_write().has_value();
  }
};

struct WriteWorld : WorldBase {
  RwLock<int> lock{0, 2};
  Task<void> operate() {
    auto guard = co_await lock.write();
    co_await yield_now();
    const auto reading = std::move(guard).downgrade();
    co_await yield_now();
  }
  Task<void> help() {
    const auto guard = co_await lock.read();
    co_await yield_now();
  }
  Task<bool> again() {
    { const auto guard = co_await lock.write(); }
    co_return lock.try_write().has_value();
  }
};

struct BarrierWorld : WorldBase {
  Barrier barrier{2};
  Task<void> operate() { co_await help(); }
  Task<void> help() {
    co_await yield_now();
    co_await barrier.wait();
  }
  Task<bool> again() {
    // An arrival that was left behind would complete the first of these alone.
    const auto alone = co_await timeout(1ms, barrier.wait());
    co_return !alone;
  }
};

struct OnceCellWorld : WorldBase {
  OnceCell<int> cell;
  static Task<int> make(int value) {
    co_await yield_now();
    co_return value;
  }
  Task<void> operate() {
    static_cast<void>(co_await cell.get_or_init([] { return make(1); }));
  }
  Task<void> help() {
    static_cast<void>(co_await cell.get_or_init([] { return make(2); }));
  }
  Task<bool> again() {
    const int* value = co_await cell.get_or_init([] { return make(3); });
    co_return value == cell.get();
  }
};

struct SetOnceWorld : WorldBase {
  SetOnce<int> once;
  Task<void> operate() { static_cast<void>(co_await once.wait()); }
  Task<void> help() {
    co_await yield_now();
    static_cast<void>(once.set(1));
  }
  Task<bool> again() {
    static_cast<void>(once.set(1));
    const int* value = co_await once.wait();
    co_return *value == 1;
  }
};

struct ReserveWorld : WorldBase {
  mpsc::Channel<int> channel = mpsc::channel<int>(3);
  Task<void> operate() {
    {
      auto permits = co_await channel.tx.reserve_many(3);
      co_await yield_now();
    }
    const auto permit = co_await channel.tx.reserve();
    co_await yield_now();
    const auto owned = co_await channel.tx.reserve_owned();
  }
  Task<void> help() {
    const auto permits = co_await channel.tx.reserve_many(2);
    co_await yield_now();
  }
  Task<bool> again() {
    const bool all_back = channel.tx.capacity() == 3 && channel.tx.strong_count() == 1;
    const auto permits = co_await channel.tx.reserve_many(3);
    co_return all_back&& permits.has_value();
  }
};

struct RecvManyWorld : WorldBase {
  mpsc::UnboundedChannel<int> channel = mpsc::unbounded_channel<int>();
  int sent = 0;
  std::vector<int> got;
  Task<void> operate() {
    while (got.size() < 4) static_cast<void>(co_await channel.rx.recv_many(got, 2));
  }
  Task<void> help() {
    for (; sent < 4; ++sent) {
      static_cast<void>(channel.tx.send(sent));
      co_await yield_now();
    }
  }
  Task<bool> again() {
    while (auto message = channel.rx.try_recv()) got.push_back(*message);
    for (std::size_t i = 0; i < got.size(); ++i)
      if (got[i] != static_cast<int>(i)) co_return false;
    // A helper that was aborted while it gave way has sent one that it did not count.
    const auto extra = static_cast<int>(got.size()) - sent;
    co_return extra >= 0 && extra <= 1;
  }
};

struct EnabledWorld : WorldBase {
  Notify notify;
  int sent = 0;
  int taken = 0;
  Task<void> operate() {
    auto wait = notify.notified();
    wait.enable();
    co_await yield_now();
    co_await wait;
    ++taken;
  }
  Task<void> help() {
    co_await yield_now();
    notify.notify_one();
    ++sent;
  }
  Task<bool> again() {
    if (sent == taken) notify.notify_one();
    co_await notify.notified();  // a notification that got lost makes this a deadlock
    co_return true;
  }
};

struct TickWorld : WorldBase {
  std::optional<Interval> every;
  int ticks = 0;
  Instant begin;
  Task<void> prepare() {
    begin = now();
    every.emplace(interval(2ms));
    co_return;
  }
  Task<void> operate() {
    for (int i = 0; i < 3; ++i) {
      co_await every->tick();
      ++ticks;
    }
  }
  Task<bool> again() {
    // In a burst no tick is skipped: the next one is the first that was not taken.
    const Instant due = co_await every->tick();
    co_return due == begin + ticks * 2ms;
  }
};

struct RunUntilCancelledWorld : WorldBase {
  CancellationToken token;
  Notify notify;
  Task<void> operate() { static_cast<void>(co_await token.run_until_cancelled(notify.notified())); }
  Task<void> help() {
    co_await yield_now();
    token.cancel();
  }
  Task<bool> again() {
    notify.notify_one();
    const auto result = co_await token.run_until_cancelled(notify.notified());
    co_return result.has_value() != token.is_cancelled();
  }
};

template <class World>
class DropEverywhereSync : public testing::Test {};
using Worlds = testing::Types<ReadWorld, WriteWorld, BarrierWorld, OnceCellWorld, SetOnceWorld, ReserveWorld,
                              RecvManyWorld, EnabledWorld, TickWorld, RunUntilCancelledWorld>;
TYPED_TEST_SUITE(DropEverywhereSync, Worlds);

TYPED_TEST(DropEverywhereSync, AnAbortLosesNothing) {
  DropEverywhere<TypeParam>::run(DropBy::abort);
}
TYPED_TEST(DropEverywhereSync, ALostSelectLosesNothing) {
  DropEverywhere<TypeParam>::run(DropBy::select);
}
TYPED_TEST(DropEverywhereSync, ATimeoutLosesNothing) {
  DropEverywhere<TypeParam>::run(DropBy::timeout);
}

}  // namespace
}  // namespace corokit
