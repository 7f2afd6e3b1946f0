// Threads that wait for each other, or for themselves.
//
// Explored: two_locks_in_opposite_orders: deadlock
// Explored: a_mutex_is_locked_twice: deadlock
// Explored: a_writer_waits_for_its_own_read_lock: deadlock
// Explored: nobody_counts_the_latch_down: deadlock
// Explored: a_promise_is_never_kept: deadlock
// Explored: two_locks_by_scoped_lock: right
// Explored: a_lock_is_kept_by_a_thread_that_ended: deadlock
// Explored: a_callback_under_the_lock: deadlock
#include "explorer/program.hpp"

#include <future>
#include <latch>
#include <mutex>
#include <shared_mutex>
#include <thread>

COROKIT_EXPLORED(two_locks_in_opposite_orders) {
  std::mutex fork;
  std::mutex knife;
  std::thread thread([&] {
    const std::lock_guard first(knife);
    const std::lock_guard second(fork);
  });
  {
    const std::lock_guard first(fork);
    const std::lock_guard second(knife);
  }
  thread.join();
}

COROKIT_EXPLORED(a_mutex_is_locked_twice) {
  std::mutex mutex;
  const std::lock_guard outer(mutex);
  const std::lock_guard inner(mutex);
}

COROKIT_EXPLORED(a_writer_waits_for_its_own_read_lock) {
  std::shared_mutex mutex;
  const std::shared_lock reader(mutex);
  std::thread other([&] { const std::lock_guard writer(mutex); });
  other.join();
}

COROKIT_EXPLORED(nobody_counts_the_latch_down) {
  std::latch latch(2);
  std::thread thread([&] { latch.count_down(); });
  latch.wait();
  thread.join();
}

COROKIT_EXPLORED(a_promise_is_never_kept) {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::thread thread([&] { future.get(); });
  thread.join();
}

COROKIT_EXPLORED(two_locks_by_scoped_lock) {
  std::mutex fork;
  std::mutex knife;
  int meals = 0;
  std::thread thread([&] {
    const std::scoped_lock both(knife, fork);
    ++meals;
  });
  {
    const std::scoped_lock both(fork, knife);
    ++meals;
  }
  thread.join();
  explored::require(meals == 2, "each thread has eaten");
}

COROKIT_EXPLORED(a_lock_is_kept_by_a_thread_that_ended) {
  std::mutex mutex;
  std::thread thread([&] { mutex.lock(); });
  thread.join();
  const std::lock_guard lock(mutex);
}

COROKIT_EXPLORED(a_callback_under_the_lock) {
  std::mutex mutex;
  int calls = 0;
  const auto call = [&] {
    const std::lock_guard lock(mutex);
    ++calls;
  };
  const auto notify = [&] {
    const std::lock_guard lock(mutex);
    call();
  };
  std::thread thread(call);
  notify();
  thread.join();
}
