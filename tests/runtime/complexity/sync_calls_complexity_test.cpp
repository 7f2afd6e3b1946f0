// What the headers of corokit/sync/ promise of calls while n others wait, of n children, and of allocations.
// sync_complexity_test.cpp has the waits in tasks.
#include <corokit/runtime.hpp>
#include <corokit/sync/barrier.hpp>
#include <corokit/sync/cancellation_token.hpp>
#include <corokit/sync/condition.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/notify.hpp>
#include <corokit/sync/once_cell.hpp>
#include <corokit/sync/rw_lock.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/sync/set_once.hpp>

#include <gtest/gtest.h>
#include <list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "complexity/table.hpp"

namespace corokit::test {
namespace {

const Row kSemaphore[]{
    {"Uncontended",
     [](Count& count, std::size_t n) {
       Semaphore semaphore(1);
       count.start();
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(semaphore.try_acquire());
       count.stop();
     }},
    {"TryAcquireWhileOthersWait",
     [](Count& count, std::size_t n) {
       Semaphore semaphore(0);
       const auto waiting = wait_times(n, [&] { return semaphore.acquire(); });
       count.start();
       for (std::size_t i = 0; i < n; ++i) static_cast<void>(semaphore.try_acquire());
       count.stop();
     }},
    {"Arrivals",
     [](Count& count, std::size_t n) {
       Semaphore semaphore(0);
       count_arrivals(count, n, [&] { return semaphore.acquire(); });
     }},
    {"ReleasesOneByOne",
     [](Count& count, std::size_t n) {
       Semaphore semaphore(0);
       const auto waiting = wait_times(n, [&] { return semaphore.acquire(); });
       count.start();
       for (std::size_t i = 0; i < n; ++i) semaphore.add_permits(1);
       count.stop();
     }},
    {"ReleaseOfAll",
     [](Count& count, std::size_t n) {
       Semaphore semaphore(0);
       const auto waiting = wait_times(n, [&] { return semaphore.acquire(); });
       count.start();
       semaphore.add_permits(n);
       count.stop();
     }},
    {"OneWaiterForAll",
     [](Count& count, std::size_t n) {
       Semaphore semaphore(0);
       const auto waiting = wait_times(1, [&] { return semaphore.acquire_many(n); });
       count.start();
       for (std::size_t i = 0; i < n; ++i) semaphore.add_permits(1);
       count.stop();
     }},
    {"Drops",
     [](Count& count, std::size_t n) {
       Semaphore semaphore(0);
       count_drops(count, n, [&] { return semaphore.acquire(); });
     }},
    {"DropsOfTheGranted",
     [](Count& count, std::size_t n) {
       Semaphore semaphore(0);
       auto waiting = wait_times(n, [&] { return semaphore.acquire(); });
       semaphore.add_permits(1);
       count.start();
       for (auto& each : waiting) each->drop();  // each passes the permit on to the next one
       count.stop();
     }},
    {"Close",
     [](Count& count, std::size_t n) {
       Semaphore semaphore(0);
       const auto waiting = wait_times(n, [&] { return semaphore.acquire(); });
       count.start();
       semaphore.close();
       count.stop();
     }},
};
COROKIT_TEST_COMPLEXITY(SemaphoreComplexity, kSemaphore);

const Row kLocks[]{
    {"MutexHandedOver",
     [](Count& count, std::size_t n) {
       Mutex<> mutex;
       std::optional<MutexGuard<>> guard = mutex.try_lock();
       auto waiting = wait_times(n, [&] { return mutex.lock(); });
       count.start();
       for (auto& each : waiting) {
         guard.reset();
         each->poll();
         guard = each->take();
       }
       count.stop();
     }},
    {"MutexDrops",
     [](Count& count, std::size_t n) {
       Mutex<> mutex;
       const auto guard = mutex.try_lock();
       count_drops(count, n, [&] { return mutex.lock(); });
     }},
    {"ReadersComeAndGo",
     [](Count& count, std::size_t n) {
       RwLock<int> lock;
       std::vector<RwLockReadGuard<int>> readers;
       readers.reserve(n);
       count.start();
       for (std::size_t i = 0; i < n; ++i) readers.push_back(*lock.try_read());
       readers.clear();
       count.stop();
     }},
    {"AWriterLetsReadersIn",
     [](Count& count, std::size_t n) {
       RwLock<int> lock;
       auto writer = lock.try_write();
       const auto waiting = wait_times(n, [&] { return lock.read(); });
       count.start();
       writer.reset();
       count.stop();
     }},
    {"AReaderLetsWritersIn",
     [](Count& count, std::size_t n) {
       RwLock<int> lock;
       auto reader = lock.try_read();
       auto waiting = wait_times(n, [&] { return lock.write(); });
       count.start();
       reader.reset();
       for (auto& each : waiting) {
         each->poll();
         const auto writer = each->take();
       }
       count.stop();
     }},
    {"RwLockDrops",
     [](Count& count, std::size_t n) {
       RwLock<int> lock;
       const auto writer = lock.try_write();
       count_drops(count, n, [&] { return lock.read(); });
     }},
};
COROKIT_TEST_COMPLEXITY(LockComplexity, kLocks);

const Row kNotify[]{
    {"WithoutWaiters",
     [](Count& count, std::size_t n) {
       Notify notify;
       count.start();
       for (std::size_t i = 0; i < n; ++i) notify.notify_one();
       for (std::size_t i = 0; i < n; ++i) notify.notify_waiters();
       count.stop();
     }},
    {"NotifyOne",
     [](Count& count, std::size_t n) {
       Notify notify;
       const auto waiting = wait_times(n, [&] { return notify.notified(); });
       count.start();
       for (std::size_t i = 0; i < n; ++i) notify.notify_one();
       count.stop();
     }},
    {"NotifyLast",
     [](Count& count, std::size_t n) {
       Notify notify;
       const auto waiting = wait_times(n, [&] { return notify.notified(); });
       count.start();
       for (std::size_t i = 0; i < n; ++i) notify.notify_last();
       count.stop();
     }},
    {"NotifyWaiters",
     [](Count& count, std::size_t n) {
       Notify notify;
       const auto waiting = wait_times(n, [&] { return notify.notified(); });
       count.start();
       notify.notify_waiters();
       count.stop();
     }},
    {"Enable",
     [](Count& count, std::size_t n) {
       Notify notify;
       std::list<detail::NotifiedAwaiter> waits;
       count.start();
       for (std::size_t i = 0; i < n; ++i) waits.emplace_back(notify).enable();
       waits.clear();
       count.stop();
     },
     Growth::linear,
     {.once = 0, .each = 1}},
    {"Drops",
     [](Count& count, std::size_t n) {
       Notify notify;
       count_drops(count, n, [&] { return notify.notified(); });
     }},
    {"DropsOfTheNotified",
     [](Count& count, std::size_t n) {
       Notify notify;
       auto waiting = wait_times(n, [&] { return notify.notified(); });
       notify.notify_one();
       count.start();
       for (auto& each : waiting) each->drop();  // each passes the notification on to the next one
       count.stop();
     }},
};
COROKIT_TEST_COMPLEXITY(NotifyComplexity, kNotify);

const Row kCondition[]{
    {"WithoutWaiters",
     [](Count& count, std::size_t n) {
       Condition condition;
       count.start();
       for (std::size_t i = 0; i < n; ++i) condition.notify_one();
       for (std::size_t i = 0; i < n; ++i) condition.notify_all();
       count.stop();
     }},
    {"NotifyOne",
     [](Count& count, std::size_t n) {
       Mutex<> mutex;
       Condition condition;
       const auto waiting = wait_times(n, [&] { return condition.wait(*mutex.try_lock()); });
       count.start();
       for (std::size_t i = 0; i < n; ++i) condition.notify_one();
       count.stop();
     }},
    {"NotifyAll",
     [](Count& count, std::size_t n) {
       Mutex<> mutex;
       Condition condition;
       const auto waiting = wait_times(n, [&] { return condition.wait(*mutex.try_lock()); });
       count.start();
       condition.notify_all();
       count.stop();
     }},
    {"Drops",
     [](Count& count, std::size_t n) {
       Mutex<> mutex;
       Condition condition;
       count_drops(count, n, [&] { return condition.wait(*mutex.try_lock()); });
     }},
    {"DropsOfTheNotified",
     [](Count& count, std::size_t n) {
       Mutex<> mutex;
       Condition condition;
       auto waiting = wait_times(n, [&] { return condition.wait(*mutex.try_lock()); });
       condition.notify_one();
       count.start();
       for (auto& each : waiting)
         each->drop();  // each passes the notification and the lock on to the next one
       count.stop();
     }},
};
COROKIT_TEST_COMPLEXITY(ConditionComplexity, kCondition);

const Row kBarrier[]{
    {"OneGeneration",
     [](Count& count, std::size_t n) {
       Barrier barrier(n);
       count_arrivals(count, n, [&] { return barrier.wait(); });
     }},
    {"Drops",
     [](Count& count, std::size_t n) {
       Barrier barrier(n + 1);
       count_drops(count, n, [&] { return barrier.wait(); });
     }},
};
COROKIT_TEST_COMPLEXITY(BarrierComplexity, kBarrier);

/// Makes `n` children of the token.
std::vector<CancellationToken> children_of(const CancellationToken& token, std::size_t n) {
  std::vector<CancellationToken> children;
  children.reserve(n);
  for (std::size_t i = 0; i < n; ++i) children.push_back(token.child_token());
  return children;
}

/// Makes a chain of `n` tokens, each one the child of the one before.
std::vector<CancellationToken> chain_of(std::size_t n) {
  std::vector<CancellationToken> chain(1);
  chain.reserve(n);
  while (chain.size() < n) chain.push_back(chain.back().child_token());
  return chain;
}

const Row kCancellation[]{
    {"CancelWakesWaiters",
     [](Count& count, std::size_t n) {
       const CancellationToken token;
       const auto waiting = wait_times(n, [&] { return token.cancelled(); });
       count.start();
       token.cancel();
       count.stop();
     }},
    {"CancelReachesChildren",
     [](Count& count, std::size_t n) {
       const CancellationToken token;
       const auto children = children_of(token, n);
       count.start();
       token.cancel();
       count.stop();
     }},
    {"CancelReachesTheEndOfAChain",
     [](Count& count, std::size_t n) {
       const auto chain = chain_of(n);
       count.start();
       chain.front().cancel();
       count.stop();
     }},
    {"ChildrenAreMade",
     [](Count& count, std::size_t n) {
       const CancellationToken token;
       count.start();
       const auto children = children_of(token, n);
       count.stop();
     },
     Growth::linear,
     {.once = 1, .each = 1}},
    {"ChildrenAreDropped",
     [](Count& count, std::size_t n) {
       const CancellationToken token;
       for (const Order order : kOrders) {
         std::vector<std::optional<CancellationToken>> children;
         for (auto& child : children_of(token, n)) children.emplace_back(child);
         count.start();
         for (std::size_t i = 0; i < n; ++i) children[order(i, n)].reset();
         count.stop();
       }
     }},
    {"ATokenLeavesItsChildren",
     [](Count& count, std::size_t n) {
       const CancellationToken root;
       std::optional<CancellationToken> middle = root.child_token();
       const auto children = children_of(*middle, n);
       count.start();
       middle.reset();
       count.stop();
     }},
    {"AChainIsDropped",
     [](Count& count, std::size_t n) {
       for (const Order order : kOrders) {
         std::vector<std::optional<CancellationToken>> chain;
         for (auto& token : chain_of(n)) chain.emplace_back(token);
         count.start();
         for (std::size_t i = 0; i < n; ++i) chain[order(i, n)].reset();
         count.stop();
       }
     }},
    {"Drops",
     [](Count& count, std::size_t n) {
       const CancellationToken token;
       count_drops(count, n, [&] { return token.cancelled(); });
     }},
};
COROKIT_TEST_COMPLEXITY(CancellationComplexity, kCancellation);

Task<int> make_value() {
  co_return 1;
}

const Row kOnce[]{
    {"SetOnceWakesWaiters",
     [](Count& count, std::size_t n) {
       SetOnce<int> once;
       const auto waiting = wait_times(n, [&] { return once.wait(); });
       count.start();
       static_cast<void>(once.set(1));
       count.stop();
     }},
    {"SetOnceDrops",
     [](Count& count, std::size_t n) {
       SetOnce<int> once;
       count_drops(count, n, [&] { return once.wait(); });
     }},
    {"OnceCellServesAll",
     [](Count& count, std::size_t n) {
       OnceCell<int> cell;
       Notify go;
       auto slowly = [&go]() -> Task<int> {
         co_await go.notified();
         co_return 1;
       };
       const auto first = wait_times(1, [&] { return cell.get_or_init(slowly); });
       const auto waiting = wait_times(n, [&] { return cell.get_or_init(make_value); });
       count.start();
       go.notify_one();
       first[0]->poll();
       for (const auto& each : waiting) each->poll();
       count.stop();
     },
     Growth::linear,
     {.once = 1}},
};
COROKIT_TEST_COMPLEXITY(OnceComplexity, kOnce);

}  // namespace
}  // namespace corokit::test
