// The locks of the library.
//
// Explored: a_shared_mutex: right
// Explored: a_recursive_mutex: right
// Explored: three_mutexes_at_once: right
// Explored: try_lock: right
// Explored: a_timed_mutex: right
// Explored: a_shared_timed_mutex: right
// Explored: a_condition_variable: right
// Explored: a_condition_variable_with_a_timeout: right
// Explored: a_wait_times_out_although_nobody_runs: right
// Explored: a_condition_variable_for_any_lock: right
// Explored: a_wait_that_can_be_stopped: right
// Explored: notify_all_at_the_end_of_a_thread: right
// Explored: two_philosophers_and_a_waiter: right
#include "explorer/program.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <shared_mutex>
#include <stop_token>
#include <thread>

using std::chrono::milliseconds;

COROKIT_EXPLORED(a_shared_mutex) {
  explored::wants("two readers at once");
  std::shared_mutex mutex;
  std::mutex count_mutex;
  int readers = 0;
  int value = 0;
  const auto read = [&] {
    const std::shared_lock lock(mutex);
    {
      const std::lock_guard count(count_mutex);
      if (++readers == 2) explored::reached("two readers at once");
    }
    explored::require(value == 0 || value == 2, "a reader sees the writer's work as a whole");
    const std::lock_guard count(count_mutex);
    --readers;
  };
  std::thread first(read);
  std::thread second(read);
  {
    const std::lock_guard lock(mutex);
    ++value;
    explored::require(readers == 0, "no reader is there while somebody writes");
    ++value;
  }
  first.join();
  second.join();
}

COROKIT_EXPLORED(a_recursive_mutex) {
  std::recursive_mutex mutex;
  int depth = 0;
  const auto enter = [&] {
    const std::lock_guard outer(mutex);
    ++depth;
    const std::lock_guard inner(mutex);
    ++depth;
  };
  std::thread thread(enter);
  enter();
  thread.join();
  explored::require(depth == 4, "no increment is lost");
}

COROKIT_EXPLORED(three_mutexes_at_once) {
  std::mutex a;
  std::mutex b;
  std::mutex c;
  int value = 0;
  std::thread thread([&] {
    const std::scoped_lock all(c, a, b);
    ++value;
  });
  {
    const std::scoped_lock all(a, b, c);
    ++value;
  }
  thread.join();
  explored::require(value == 2, "no increment is lost");
}

COROKIT_EXPLORED(try_lock) {
  explored::wants("both have it");
  explored::wants("one finds it taken");
  std::mutex mutex;
  int entered = 0;
  const auto enter = [&] {
    const std::unique_lock lock(mutex, std::try_to_lock);
    if (lock.owns_lock()) ++entered;
  };
  std::thread thread(enter);
  enter();
  thread.join();
  explored::reached(entered == 2 ? "both have it" : "one finds it taken");
  explored::require(entered == 1 || entered == 2, "one at least has it");
}

COROKIT_EXPLORED(a_timed_mutex) {
  explored::wants("the lock comes in time");
  explored::wants("the time is over");
  std::timed_mutex mutex;
  std::unique_lock lock(mutex);
  std::thread thread([&] {
    const std::unique_lock mine(mutex, milliseconds(10));
    explored::reached(mine.owns_lock() ? "the lock comes in time" : "the time is over");
  });
  lock.unlock();
  thread.join();
}

COROKIT_EXPLORED(a_shared_timed_mutex) {
  std::shared_timed_mutex mutex;
  int value = 0;
  std::thread thread([&] {
    const std::unique_lock lock(mutex, milliseconds(10));
    if (lock.owns_lock()) ++value;
  });
  {
    const std::shared_lock lock(mutex, milliseconds(10));
    if (lock.owns_lock()) explored::require(value <= 1, "the writer has been there, or not");
  }
  thread.join();
}

COROKIT_EXPLORED(a_condition_variable) {
  std::mutex mutex;
  std::condition_variable changed;
  int items = 0;
  const auto consume = [&] {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return items > 0; });
    --items;
  };
  std::thread first(consume);
  std::thread second(consume);
  for (int i = 0; i < 2; ++i) {
    const std::lock_guard lock(mutex);
    ++items;
    changed.notify_one();
  }
  first.join();
  second.join();
  explored::require(items == 0, "each consumer has one item");
}

COROKIT_EXPLORED(a_condition_variable_with_a_timeout) {
  explored::wants("the answer comes in time");
  explored::wants("the time is over");
  std::mutex mutex;
  std::condition_variable changed;
  bool answered = false;
  std::thread thread([&] {
    const std::lock_guard lock(mutex);
    answered = true;
    changed.notify_one();
  });
  {
    std::unique_lock lock(mutex);
    const bool in_time = changed.wait_for(lock, milliseconds(10), [&] { return answered; });
    explored::require(in_time == answered, "wait_for() returns what the condition says");
    explored::reached(in_time ? "the answer comes in time" : "the time is over");
  }
  thread.join();
}

COROKIT_EXPLORED(a_wait_times_out_although_nobody_runs) {
  std::mutex mutex;
  std::condition_variable changed;
  std::unique_lock lock(mutex);
  const auto start = std::chrono::steady_clock::now();
  const bool in_time = changed.wait_until(lock, start + milliseconds(50), [] { return false; });
  explored::require(!in_time, "nobody answers");
  explored::require(std::chrono::steady_clock::now() >= start + milliseconds(50),
                    "the wait is not too short");
}

COROKIT_EXPLORED(a_condition_variable_for_any_lock) {
  std::shared_mutex mutex;
  std::condition_variable_any changed;
  bool ready = false;
  std::thread thread([&] {
    const std::lock_guard lock(mutex);
    ready = true;
    changed.notify_all();
  });
  {
    std::shared_lock lock(mutex);
    changed.wait(lock, [&] { return ready; });
  }
  thread.join();
}

COROKIT_EXPLORED(a_wait_that_can_be_stopped) {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool served = true;
  std::jthread thread([&](const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    served = changed.wait(lock, stop, [] { return false; });
  });
  thread.request_stop();
  thread.join();
  explored::require(!served, "the wait has ended because it was stopped");
}

COROKIT_EXPLORED(notify_all_at_the_end_of_a_thread) {
  std::mutex mutex;
  std::condition_variable changed;
  bool ended = false;
  std::thread thread([&] {
    std::unique_lock lock(mutex);
    ended = true;
    std::notify_all_at_thread_exit(changed, std::move(lock));
  });
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ended; });
  }
  thread.join();
}

COROKIT_EXPLORED(two_philosophers_and_a_waiter) {
  std::mutex mutex;
  std::condition_variable free;
  std::array<bool, 2> forks{};
  int meals = 0;
  const auto dine = [&] {
    std::unique_lock lock(mutex);
    free.wait(lock, [&] { return !forks[0] && !forks[1]; });
    forks = {true, true};
    lock.unlock();
    ++meals;
    lock.lock();
    forks = {false, false};
    free.notify_one();
  };
  std::thread thread(dine);
  dine();
  thread.join();
  explored::require(meals == 2, "each philosopher has eaten");
}
