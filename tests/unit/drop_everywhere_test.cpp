// Every public awaitable is dropped after each of its steps: alone by an abort, in a select, in a timeout.
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/spawn_blocking.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/mpsc.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/sync/watch.hpp>
#include <corokit/time/sleep.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "support/drop_everywhere.hpp"

namespace corokit {
namespace {

using namespace std::chrono_literals;
using test::DropBy;
using test::DropEverywhere;
using test::Gate;

struct WorldBase {
  static Task<void> prepare() { co_return; }
  static Task<void> help() { co_return; }
};

struct AcquireWorld : WorldBase {
  Semaphore semaphore{1};
  std::size_t permits = 1;
  Task<void> operate() {
    const auto permit = co_await semaphore.acquire_many(3);
    co_await yield_now();
  }
  Task<void> help() {
    for (int i = 0; i < 2; ++i) {
      semaphore.add_permits(1);
      ++permits;
      co_await yield_now();
    }
  }
  Task<bool> again() {
    const bool all_back = semaphore.available_permits() == permits;
    semaphore.add_permits(3 - std::min<std::size_t>(permits, 3));
    const auto permit = co_await semaphore.acquire_many(3);
    co_return all_back&& permit.has_value();
  }
};

struct LockWorld : WorldBase {
  Mutex<int> mutex{0};
  Task<void> operate() { co_await help(); }
  Task<void> help() {
    const auto guard = co_await mutex.lock();
    co_await yield_now();
  }
  Task<bool> again() {
    { const auto guard = co_await mutex.lock(); }
    co_return mutex.try_lock().has_value();
  }
};

struct NotifiedWorld : WorldBase {
  Notify notify;
  int sent = 0;
  int taken = 0;
  Task<void> operate() {
    co_await notify.notified();
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

struct MpscRecvWorld : WorldBase {
  mpsc::Channel<int> channel = mpsc::channel<int>(2);
  int sent = 0;
  std::vector<int> got;
  Task<void> operate() {
    for (int i = 0; i < 3; ++i) got.push_back(*co_await channel.rx.recv());
  }
  Task<void> help() {
    for (int i = 0; i < 3; ++i)
      if (co_await channel.tx.send(i)) ++sent;
  }
  Task<bool> again() {
    while (auto message = channel.rx.try_recv()) got.push_back(*message);
    for (std::size_t i = 0; i < got.size(); ++i)
      if (got[i] != static_cast<int>(i)) co_return false;
    // A helper that was aborted inside send() may have sent one that it did not count.
    const auto extra = static_cast<int>(got.size()) - sent;
    static_cast<void>(co_await channel.tx.send(9));
    co_return extra >= 0 && extra <= 1 && *co_await channel.rx.recv() == 9;
  }
};

struct MpscSendWorld : WorldBase {
  mpsc::Channel<int> channel = mpsc::channel<int>(1);
  int sent = 0;
  std::vector<int> got;
  Task<void> operate() {
    for (int i = 0; i < 3; ++i)
      if (co_await channel.tx.send(i)) ++sent;
  }
  Task<void> help() {
    for (int i = 0; i < 3; ++i) got.push_back(*co_await channel.rx.recv());
  }
  Task<bool> again() {
    while (auto message = channel.rx.try_recv()) got.push_back(*message);
    for (std::size_t i = 0; i < got.size(); ++i)
      if (got[i] != static_cast<int>(i)) co_return false;
    // One dropped inside send() is lost, or was sent by then: never sent twice, and no room is lost.
    const auto extra = static_cast<int>(got.size()) - sent;
    static_cast<void>(co_await channel.tx.send(9));
    co_return extra >= 0 && extra <= 1 && *co_await channel.rx.recv() == 9;
  }
};

struct OneshotWorld : WorldBase {
  oneshot::Channel<int> channel = oneshot::channel<int>();
  bool sent = false;
  bool got = false;
  Task<void> operate() { got = *co_await channel.rx == 7; }
  Task<void> help() {
    co_await yield_now();
    sent = channel.tx.send(7).has_value();
  }
  Task<bool> again() {
    if (got) co_return sent;
    if (!sent) static_cast<void>(channel.tx.send(7));
    co_return *co_await channel.rx == 7;
  }
};

struct BroadcastWorld : WorldBase {
  broadcast::Channel<int> channel = broadcast::channel<int>(4);
  int sent = 0;
  std::vector<int> got;
  Task<void> operate() {
    for (int i = 0; i < 3; ++i) got.push_back(*co_await channel.rx.recv());
  }
  Task<void> help() {
    for (; sent < 3; co_await yield_now()) static_cast<void>(channel.tx.send(sent++));
  }
  Task<bool> again() {
    static_cast<void>(channel.tx.send(sent++));
    while (static_cast<int>(got.size()) < sent) got.push_back(*co_await channel.rx.recv());
    for (int i = 0; i < sent; ++i)
      if (got[static_cast<std::size_t>(i)] != i) co_return false;
    co_return true;
  }
};

struct WatchWorld : WorldBase {
  watch::Channel<int> channel = watch::channel<int>(0);
  int sent = 0;
  int seen = 0;
  Task<void> operate() {
    const auto changed = co_await channel.rx.changed();
    if (changed) seen = *channel.rx.borrow_and_update();
  }
  Task<void> help() {
    co_await yield_now();
    static_cast<void>(channel.tx.send(++sent));
  }
  Task<bool> again() {
    if (seen == sent) static_cast<void>(channel.tx.send(++sent));
    // A change that was marked as seen by nobody makes this a deadlock.
    const auto changed = co_await channel.rx.changed();
    if (!changed) co_return false;
    co_return *channel.rx.borrow_and_update() == sent;
  }
};

struct CancelledWorld : WorldBase {
  CancellationToken token;
  Task<void> operate() { co_await token.cancelled(); }
  Task<void> help() {
    co_await yield_now();
    token.cancel();
  }
  Task<bool> again() {
    token.cancel();
    co_await token.cancelled();
    co_return true;
  }
};

Task<int> seven(Gate* gate) {
  co_await gate->wait();
  co_return 7;
}

struct JoinHandleWorld : WorldBase {
  Gate gate;
  std::optional<JoinHandle<int>> handle;
  int got = 0;
  Task<void> prepare() {
    handle.emplace(spawn(seven(&gate)));
    co_return;
  }
  Task<void> operate() { got = *co_await *handle; }
  Task<void> help() {
    co_await yield_now();
    gate.open();
  }
  Task<bool> again() {
    gate.open();
    if (got == 0) got = *co_await *handle;
    co_return got == 7;
  }
};

struct JoinSetWorld : WorldBase {
  Gate gate;
  std::optional<JoinSet<int>> set;
  int got = 0;
  Task<void> prepare() {
    set.emplace();
    for (int i = 0; i < 3; ++i) set->spawn(seven(&gate));
    co_return;
  }
  Task<void> operate() {
    while (auto joined = co_await set->join_next()) got += **joined;
  }
  Task<void> help() {
    co_await yield_now();
    gate.open();
  }
  Task<bool> again() {
    gate.open();
    while (auto joined = co_await set->join_next()) got += **joined;
    co_return got == 21 && set->empty();
  }
};

/// Operations that keep nothing outside of their own frame: to be gone is all that they owe.
struct OwnWorld : WorldBase {
  Semaphore semaphore{1};
  Gate gate;
  Task<int> hold_a_permit(int value) {
    const auto permit = co_await semaphore.acquire();
    co_await sleep(1ms);
    co_return value;
  }
  Task<void> help() {
    co_await sleep(2ms);
    gate.open();
  }
  Task<bool> again() {
    const auto permit = co_await semaphore.acquire();
    co_return semaphore.available_permits() == 0;
  }
};

struct SleepWorld : OwnWorld {
  Task<void> operate() {
    const auto permit = co_await semaphore.acquire();
    co_await sleep(3ms);
  }
};

struct YieldWorld : OwnWorld {
  Task<void> operate() {
    const auto permit = co_await semaphore.acquire();
    for (int i = 0; i < 5; ++i) co_await yield_now();
  }
};

struct TimeoutWorld : OwnWorld {
  Task<void> operate() {
    static_cast<void>(co_await timeout(2ms, hold_a_permit(1)));
    static_cast<void>(co_await timeout(1ms, seven(&gate)));
  }
};

struct SelectWorld : OwnWorld {
  Task<void> operate() {
    static_cast<void>(co_await select(hold_a_permit(1), hold_a_permit(2), seven(&gate)));
  }
};

struct JoinWorld : OwnWorld {
  Task<void> operate() { static_cast<void>(co_await join(hold_a_permit(1), hold_a_permit(2), seven(&gate))); }
};

struct TryJoinWorld : OwnWorld {
  Task<Result<int, int>> fail() {
    const int value = co_await hold_a_permit(1);
    co_return Err<int>(value);
  }
  Task<Result<int, int>> wait() { co_return co_await seven(&gate); }
  Task<void> operate() { static_cast<void>(co_await try_join(wait(), fail())); }
};

struct UnorderedWorld : OwnWorld {
  Task<void> operate() {
    FuturesUnordered<Task<int>> futures;
    for (int i = 0; i < 3; ++i) futures.push(hold_a_permit(i));
    futures.push(seven(&gate));
    while (co_await futures.next()) {
    }
  }
};

struct SpawnBlockingWorld : OwnWorld {
  Task<void> operate() {
    const auto permit = co_await semaphore.acquire();
    static_cast<void>(co_await spawn_blocking([] { return 1; }));
  }
};

template <class World>
class DropEverywhereOf : public ::testing::Test {};

using Worlds = ::testing::Types<AcquireWorld, LockWorld, NotifiedWorld, MpscRecvWorld, MpscSendWorld,
                                OneshotWorld, BroadcastWorld, WatchWorld, CancelledWorld, JoinHandleWorld,
                                JoinSetWorld, SleepWorld, YieldWorld, TimeoutWorld, SelectWorld, JoinWorld,
                                TryJoinWorld, UnorderedWorld, SpawnBlockingWorld>;
TYPED_TEST_SUITE(DropEverywhereOf, Worlds);

TYPED_TEST(DropEverywhereOf, AnAbortLosesNothing) {
  DropEverywhere<TypeParam>::run(DropBy::abort);
}

TYPED_TEST(DropEverywhereOf, ALostSelectLosesNothing) {
  DropEverywhere<TypeParam>::run(DropBy::select);
}

TYPED_TEST(DropEverywhereOf, ATimeoutLosesNothing) {
  DropEverywhere<TypeParam>::run(DropBy::timeout);
}

}  // namespace
}  // namespace corokit
