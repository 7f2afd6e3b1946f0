// While a runtime is dropped, destructors in its tasks use the runtime or its other tasks.
#include <corokit/runtime.hpp>
#include <corokit/sync/mutex.hpp>
#include <corokit/sync/oneshot.hpp>
#include <corokit/sync/semaphore.hpp>
#include <corokit/yield.hpp>

#include <gtest/gtest.h>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "support/at_exit.hpp"
#include "support/counted.hpp"
#include "support/gate.hpp"
#include "support/on_each_runtime.hpp"
#include "support/run_until.hpp"
#include "support/small_tasks.hpp"

namespace corokit {
namespace {

using test::AtExit;
using test::Census;
using test::Counted;
using test::Gate;
using test::wait_at;

class RuntimeDropOn : public test::OnEachRuntime {};
COROKIT_ON_EACH_RUNTIME(RuntimeDropOn);

template <class F>
Task<void> wait_and_do_at_exit(Gate* gate, F function, Counted) {
  AtExit<F> at_exit(std::move(function));
  co_await gate->wait();
}

TEST_P(RuntimeDropOn, ADestructorMaySpawn) {
  Census census;
  Gate gate;
  int cancelled = 0;
  {
    Runtime runtime = make();
    auto spawn_more = [&] {
      auto handle = spawn(wait_at(&gate, Counted(census)));
      cancelled += handle.is_finished() ? 1 : 0;
    };
    for (int i = 0; i < 10; ++i)
      runtime.spawn(wait_and_do_at_exit(&gate, spawn_more, Counted(census))).detach();
    test::run_until(runtime, [&] { return gate.waiting() == 10; });
  }
  EXPECT_EQ(cancelled, 10);
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeDropOn, ADestructorMayWakeOtherTasks) {
  Census census;
  Gate gate;
  Gate other;
  {
    Runtime runtime = make();
    auto open = [&other] { other.open(); };
    for (int i = 0; i < 10; ++i) {
      runtime.spawn(wait_at(&other, Counted(census))).detach();
      runtime.spawn(wait_and_do_at_exit(&gate, open, Counted(census))).detach();
      runtime.spawn(wait_at(&other, Counted(census))).detach();
    }
    test::run_until(runtime, [&] { return gate.waiting() == 10 && other.waiting() == 20; });
  }
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeDropOn, ADestructorMayAbortOrDetachOtherTasks) {
  Census census;
  Gate gate;
  {
    std::vector<std::optional<JoinHandle<void>>> handles(20);
    Runtime runtime = make();
    for (std::size_t i = 0; i < handles.size(); ++i) {
      auto meddle = [&handles, i] {
        const std::size_t next = (i + 1) % handles.size();
        if (i % 2 == 0 && handles[next]) handles[next]->abort();
        handles[next].reset();
      };
      handles[i].emplace(runtime.spawn(wait_and_do_at_exit(&gate, meddle, Counted(census))));
    }
    test::run_until(runtime, [&] { return gate.waiting() == 20; });
    Runtime dropped = std::move(runtime);
  }
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeDropOn, ADestructorMayQueueABlockingJob) {
  Census census;
  Gate gate;
  {
    Runtime runtime = make();
    auto job = [&census] { spawn_blocking([counted = Counted(census)] {}).detach(); };
    runtime.spawn(wait_and_do_at_exit(&gate, job, Counted(census))).detach();
    test::run_until(runtime, [&] { return gate.waiting() == 1; });
  }
  EXPECT_EQ(census.alive, 0);
}

// Destructors of library types.

TEST_P(RuntimeDropOn, AGuardOfADroppedTaskHandsItsLockToOtherDroppedTasks) {
  // The first task to get the lock keeps it. Each later one is handed the lock by the end of the one before.
  Census census;
  Gate never;
  auto hold_for_ever = [](std::shared_ptr<Mutex<int>> mutex, Gate* gate, Counted) -> Task<void> {
    auto guard = co_await mutex->lock();
    ++*guard;
    co_await gate->wait();
  };
  auto mutex = std::make_shared<Mutex<int>>(0);
  {
    Runtime runtime = make();
    for (int i = 0; i < 20; ++i) runtime.spawn(hold_for_ever(mutex, &never, Counted(census))).detach();
    test::run_until(runtime, [&] { return never.waiting() == 1; });
  }
  EXPECT_EQ(census.alive, 0);
  ASSERT_TRUE(mutex->try_lock());
  EXPECT_EQ(**mutex->try_lock(), 1);
}

TEST_P(RuntimeDropOn, ADestructorMayLockAMutexThatADroppedTaskHolds) {
  Census census;
  Gate never;
  Mutex<int> mutex(0);
  int locked = 0;
  {
    Runtime runtime = make();
    auto hold = [](Mutex<int>* held, Gate* gate, Counted) -> Task<void> {
      const auto guard = co_await held->lock();
      co_await gate->wait();
    };
    auto try_it = [&] { locked += mutex.try_lock() ? 1 : 0; };
    for (int i = 0; i < 5; ++i) {
      runtime.spawn(wait_and_do_at_exit(&never, try_it, Counted(census))).detach();
      if (i == 2) runtime.spawn(hold(&mutex, &never, Counted(census))).detach();
    }
    test::run_until(runtime, [&] { return never.waiting() == 6; });
    EXPECT_FALSE(mutex.try_lock());
  }
  EXPECT_EQ(census.alive, 0);
  EXPECT_LE(locked, 5);
  EXPECT_TRUE(mutex.try_lock());
}

/// Sends a value in its destructor.
struct SendsAtEnd {
  explicit SendsAtEnd(oneshot::Sender<int> sender) noexcept : tx(std::move(sender)) {}
  SendsAtEnd(SendsAtEnd&& other) noexcept : tx(std::exchange(other.tx, std::nullopt)) {}
  SendsAtEnd& operator=(SendsAtEnd&&) = delete;
  ~SendsAtEnd() {
    if (tx) static_cast<void>(tx->send(1));
  }
  std::optional<oneshot::Sender<int>> tx;
};

Task<void> receive_then_send(oneshot::Receiver<int> rx, SendsAtEnd, Counted) {
  co_await rx;
}

TEST_P(RuntimeDropOn, ADroppedTaskWakesTheNextAndThatTheNext) {
  Census census;
  constexpr int kTasks = 50;
  auto [first, rx] = oneshot::channel<int>();
  {
    Runtime runtime = make();
    for (int i = 0; i < kTasks; ++i) {
      auto [tx, next] = oneshot::channel<int>();
      auto at_end = SendsAtEnd(std::move(tx));
      runtime.spawn(receive_then_send(std::move(rx), std::move(at_end), Counted(census))).detach();
      rx = std::move(next);
    }
    test::run_until(runtime, [] { return true; });
  }
  EXPECT_EQ(census.alive, 0);
  EXPECT_TRUE(first.is_closed());
  EXPECT_EQ(rx.try_recv().value(), 1);
}

TEST_P(RuntimeDropOn, APermitOfADroppedTaskServesTheQueueOfDroppedTasks) {
  Census census;
  Gate never;
  Semaphore semaphore(3);
  auto hold = [](Semaphore* from, Gate* gate, std::uint32_t wanted, Counted) -> Task<void> {
    const auto permits = co_await from->acquire_many(wanted);
    co_await gate->wait();
  };
  {
    Runtime runtime = make();
    for (int i = 0; i < 30; ++i)
      runtime.spawn(hold(&semaphore, &never, static_cast<std::uint32_t>(1 + i % 3), Counted(census)))
          .detach();
    test::run_until(runtime, [&] { return never.waiting() >= 1; });
  }
  EXPECT_EQ(census.alive, 0);
  EXPECT_EQ(semaphore.available_permits(), 3U);
}

// Exceptions.

TEST_P(RuntimeDropOn, DestroysTasksWhileAnExceptionFromBlockOnUnwinds) {
  Census census;
  Gate never;
  Gate other;
  const auto run = [&] {
    Runtime runtime = make();
    auto open = [&other] { other.open(); };
    for (int i = 0; i < 10; ++i) {
      runtime.spawn(wait_and_do_at_exit(&never, open, Counted(census))).detach();
      runtime.spawn(wait_at(&other, Counted(census))).detach();
    }
    auto fail = [](Gate* one, Gate* two) -> Task<void> {
      while (one->waiting() != 10 || two->waiting() != 10) co_await yield_now();
      throw std::runtime_error("broken");
    };
    runtime.block_on(fail(&never, &other));
  };
  EXPECT_THROW(run(), std::runtime_error);
  EXPECT_EQ(census.alive, 0);
}

TEST_P(RuntimeDropOn, ATaskThatThrowsWakesOthersWhileItUnwinds) {
  Census census;
  Gate other;
  Gate never;
  auto fail = [](Gate* gate, Counted) -> Task<void> {
    auto open = [gate] { gate->open(); };
    AtExit<decltype(open)> at_exit(open);
    co_await yield_now();
    throw std::runtime_error("broken");
  };
  auto wait_at_both = [](Gate* first, Gate* second, Counted) -> Task<void> {
    co_await first->wait();
    co_await second->wait();
  };
  {
    Runtime runtime = make();
    for (int i = 0; i < 10; ++i) runtime.spawn(wait_at_both(&other, &never, Counted(census))).detach();
    runtime.spawn(fail(&other, Counted(census))).detach();
    test::run_until(runtime, [&] { return never.waiting() == 10 && census.alive == 10; });
  }
  EXPECT_EQ(census.alive, 0);
}

}  // namespace
}  // namespace corokit
