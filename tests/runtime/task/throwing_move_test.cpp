// A move that throws reaches the caller or the awaiter that needed it. The value may be lost then, but nothing leaks,
// nothing is destroyed twice, and the primitive goes on working.
#include <corokit/join.hpp>
#include <corokit/join_set.hpp>
#include <corokit/pin.hpp>
#include <corokit/runtime.hpp>
#include <corokit/select.hpp>
#include <corokit/sync/broadcast.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/sync/set_once.hpp>
#include <corokit/sync/watch.hpp>
#include <corokit/time/timeout.hpp>
#include <corokit/unordered.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <atomic>
#include <mutex>
#include <set>
#include <utility>

namespace corokit::test {
namespace {

using namespace std::chrono_literals;

struct MoveFailed {};

/// An object whose `fails_in`-th move or copy from now on throws. It is counted, and must not be destroyed twice.
class Fragile {
 public:
  static inline std::atomic<int> fails_in = 0;

  Fragile() { begin(); }
  Fragile(Fragile&&) { arrive(); }  // NOLINT(performance-noexcept-move-constructor): it throws
  Fragile(const Fragile&) { arrive(); }
  Fragile& operator=(const Fragile&) = delete;
  ~Fragile() {
    const std::lock_guard lock(mutex);
    EXPECT_EQ(alive.erase(this), 1u) << "destroyed twice";
  }
  static bool none_is_alive() {
    const std::lock_guard lock(mutex);
    return alive.empty();
  }

 private:
  void arrive() {
    if (fails_in > 0 && --fails_in == 0) throw MoveFailed();
    begin();
  }
  void begin() {
    const std::lock_guard lock(mutex);
    alive.insert(this);
  }

  static inline std::mutex mutex;
  static inline std::set<const void*> alive;
};

Task<Fragile> give() {
  co_return Fragile();
}
Task<Fragile> give_later() {
  co_await yield_now();
  co_return Fragile();
}

Task<void> await_it() {
  const Fragile got = co_await give();
}
Task<void> await_handle() {
  auto handle = spawn(give_later());
  const auto got = co_await handle;
  if (!got) std::rethrow_exception(got.error().exception());
}
Task<void> await_set() {
  JoinSet<Fragile> set;
  set.spawn(give_later());
  const auto got = co_await set.join_next();
  if (!*got) std::rethrow_exception(got->error().exception());
}
Task<void> await_collection() {
  FuturesUnordered<Task<Fragile>> set;
  set.push(give_later());
  const auto got = co_await set.next();
}
Task<void> await_select() {
  const auto got = co_await select(give_later(), give());
}
Task<void> await_join() {
  const auto got = co_await join(give_later(), give());
}
Task<void> await_timeout() {
  const auto got = co_await timeout(1h, give_later());
}
Task<void> await_unless_cancelled() {
  const CancellationToken token;
  const auto got = co_await token.run_until_cancelled(give_later());
}
Task<void> await_pinned() {
  auto pinned = pin(give_later());
  const Fragile got = co_await pinned;
}
Task<void> await_blocking_function() {
  auto handle = spawn_blocking([fragile = Fragile()] { return Fragile(); });
  const auto got = co_await handle;
  if (!got) std::rethrow_exception(got.error().exception());
}
Task<void> detach() {
  spawn(give_later()).detach();
  co_await yield_now();
  co_await yield_now();
}

Task<void> send_once() {
  auto [tx, rx] = oneshot::channel<Fragile>();
  const auto sent = tx.send(Fragile());
  const auto got = co_await rx;
}
Task<void> leave_unread() {
  auto [tx, rx] = oneshot::channel<Fragile>();
  static_cast<void>(tx.send(Fragile()));
  co_return;
}
Task<void> send_to_nobody() {
  auto [tx, rx] = oneshot::channel<Fragile>();
  rx.close();
  const auto sent = tx.send(Fragile());
  co_return;
}
Task<void> send_to_all() {
  auto [tx, rx] = broadcast::channel<Fragile>(2);
  auto second = tx.subscribe();
  const auto sent = tx.send(Fragile());
  const auto first_got = co_await rx.recv();
  const auto second_got = co_await second.recv();
}
Task<void> set_watched() {
  auto [tx, rx] = watch::channel(Fragile());
  const auto sent = tx.send(Fragile());
  tx.send_modify([](Fragile&) {});
  const Fragile previous = tx.send_replace(Fragile());
  co_await yield_now();
}

/// The second attempt must succeed, since the first one may have failed.
Task<void> set_once() {
  SetOnce<Fragile> cell;
  try {
    static_cast<void>(cell.set(Fragile()));
  } catch (MoveFailed) {
    EXPECT_FALSE(cell.is_initialized());
    EXPECT_TRUE(cell.set(Fragile()));
  }
  EXPECT_NE(co_await cell.wait(), nullptr);
  const auto refused = cell.set(Fragile());
}
Task<void> init_once() {
  OnceCell<Fragile> cell;
  try {
    static_cast<void>(co_await cell.get_or_init(give_later));
  } catch (MoveFailed) {
    EXPECT_FALSE(cell.is_initialized());
  }
  if (!cell.is_initialized()) static_cast<void>(cell.set(Fragile()));
  EXPECT_TRUE(cell.is_initialized());
  const Fragile* got = co_await cell.get_or_init(give_later);
  EXPECT_NE(got, nullptr);
  const auto refused = cell.set(Fragile());
}
Task<void> guard() {
  Mutex<Fragile> mutex{Fragile()};
  RwLock<Fragile> lock{Fragile()};
  const Fragile first = std::move(mutex).into_inner();
  const Fragile second = std::move(lock).into_inner();
  co_return;
}

struct Use {
  const char* name;
  Task<void> (*run)();
};

constexpr Use kUses[]{
    {"AwaitOfATask", await_it},
    {"AwaitOfAHandle", await_handle},
    {"JoinSet", await_set},
    {"FuturesUnordered", await_collection},
    {"Select", await_select},
    {"Join", await_join},
    {"Timeout", await_timeout},
    {"RunUntilCancelled", await_unless_cancelled},
    {"Pinned", await_pinned},
    {"SpawnBlocking", await_blocking_function},
    {"DetachedTask", detach},
    {"Oneshot", send_once},
    {"OneshotLeftUnread", leave_unread},
    {"OneshotToNobody", send_to_nobody},
    {"Broadcast", send_to_all},
    {"Watch", set_watched},
    {"SetOnce", set_once},
    {"OnceCell", init_once},
    {"MutexAndRwLock", guard},
};

class ThrowingMove : public ::testing::TestWithParam<Use> {};

TEST_P(ThrowingMove, ReachesItsCallerAndLeavesNothing) {
  bool failed = true;
  int moves = 0;
  while (failed && moves < 100) {  // until no move fails
    failed = false;
    Fragile::fails_in = ++moves;
    try {
      block_on(GetParam().run());
    } catch (MoveFailed) {
      failed = true;
    }
    failed |= Fragile::fails_in == 0;
    EXPECT_TRUE(Fragile::none_is_alive()) << "after a failure of move " << moves;
  }
  EXPECT_GE(moves, 2);
  EXPECT_LT(moves, 100);
}

INSTANTIATE_TEST_SUITE_P(Every, ThrowingMove, ::testing::ValuesIn(kUses),
                         [](const auto& use) { return use.param.name; });

}  // namespace
}  // namespace corokit::test
