// Mistakes that are made in the first week, and what looks like one but is none.
//
// Explored: a_loop_variable_is_captured: data race
// Explored: two_bits_of_a_vector_of_bool: data race
// Explored: a_thread_starts_before_the_object_is_complete: data race
// Explored: a_detached_thread_uses_what_is_gone: data race
// Explored: a_mutex_is_freed_while_a_thread_wants_it: use after free
// Explored: a_condition_variable_is_freed_while_a_thread_notifies: data race
// Explored: a_mutex_is_unlocked_by_another_thread: broken
// Explored: a_mutex_is_unlocked_twice: broken
// Explored: a_wait_without_the_lock: broken
// Explored: a_reader_wants_to_write: deadlock
// Explored: call_once_within_itself: deadlock
// Explored: each_thread_locks_another_mutex: data race
// Explored: the_lock_ends_too_early: data race
// Explored: two_atomics_are_no_transaction: broken
// Explored: look_then_take: broken
// Explored: a_worker_runs_until_time_is_over: right
// Explored: rand_begins_anew: right
#include "explorer/program.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <thread>
#include <vector>

using std::chrono::milliseconds;

COROKIT_EXPLORED(a_loop_variable_is_captured) {
  std::atomic<int> sum = 0;
  std::vector<std::jthread> threads;
  for (int i = 1; i <= 2; ++i) threads.emplace_back([&] { sum.fetch_add(i); });
}

COROKIT_EXPLORED(two_bits_of_a_vector_of_bool) {
  std::vector<bool> done(2);
  std::thread thread([&] { done[0] = true; });
  done[1] = true;
  thread.join();
  explored::require(done[0] && done[1], "both have said that they are done");
}

namespace {

class Worker {
 public:
  Worker() : thread_([this] { result_ = limit_; }), limit_(42) {}
  ~Worker() { thread_.join(); }

 private:
  int result_ = 0;
  std::thread thread_;
  int limit_;
};

}  // namespace

COROKIT_EXPLORED(a_thread_starts_before_the_object_is_complete) {
  Worker worker;  // g++ does not report how an object is made that is const
}

COROKIT_EXPLORED(a_detached_thread_uses_what_is_gone) {
  const std::string text = "a text that is too long to lie within the string";
  std::thread([&] { explored::require(text[0] == 'a', "the text is still there"); }).detach();
  std::this_thread::yield();
}

COROKIT_EXPLORED(a_mutex_is_freed_while_a_thread_wants_it) {
  auto mutex = std::make_unique<std::mutex>();
  std::mutex* const address = mutex.get();
  std::thread thread([address] { const std::lock_guard lock(*address); });
  mutex.reset();
  thread.join();
}

COROKIT_EXPLORED(a_condition_variable_is_freed_while_a_thread_notifies) {
  std::mutex mutex;
  bool ready = false;
  auto changed = std::make_unique<std::condition_variable>();
  std::thread thread([&, address = changed.get()] {
    {
      const std::lock_guard lock(mutex);
      ready = true;
    }
    address->notify_one();
  });
  {
    std::unique_lock lock(mutex);
    while (!ready) changed->wait(lock);
  }
  changed.reset();
  thread.join();
}

COROKIT_EXPLORED(a_mutex_is_unlocked_by_another_thread) {
  std::mutex mutex;
  mutex.lock();
  std::thread thread([&] { mutex.unlock(); });
  thread.join();
}

COROKIT_EXPLORED(a_mutex_is_unlocked_twice) {
  std::mutex mutex;
  std::thread thread([&] {
    const std::lock_guard lock(mutex);
    mutex.unlock();  // so that the others need not wait
  });
  thread.join();
}

COROKIT_EXPLORED(a_wait_without_the_lock) {
  std::mutex mutex;
  std::condition_variable changed;
  std::thread thread([&] { changed.notify_one(); });
  std::unique_lock lock(mutex, std::adopt_lock);  // nobody has locked it
  changed.wait_for(lock, milliseconds(10));
  thread.join();
}

COROKIT_EXPLORED(a_reader_wants_to_write) {
  std::shared_mutex mutex;
  std::thread thread([&] {
    const std::shared_lock reader(mutex);
    const std::lock_guard writer(mutex);
  });
  thread.join();
}

COROKIT_EXPLORED(call_once_within_itself) {
  static std::once_flag flag;
  static void (*const prepare)() = [] { std::call_once(flag, [] {}); };
  std::call_once(flag, [] { prepare(); });
}

COROKIT_EXPLORED(each_thread_locks_another_mutex) {
  std::mutex one;
  std::mutex other;
  int counter = 0;
  std::thread thread([&] {
    const std::lock_guard lock(one);
    ++counter;
  });
  {
    const std::lock_guard lock(other);
    ++counter;
  }
  thread.join();
}

COROKIT_EXPLORED(the_lock_ends_too_early) {
  std::mutex mutex;
  std::vector<int> numbers{1, 2, 3};
  std::thread thread([&] {
    const std::lock_guard lock(mutex);
    numbers.back() = 4;
  });
  const auto last = [&]() -> const int& {
    const std::lock_guard lock(mutex);
    return numbers.back();
  };
  explored::require(last() >= 3, "the last number only grows");
  thread.join();
}

COROKIT_EXPLORED(two_atomics_are_no_transaction) {
  std::atomic<int> from = 10;
  std::atomic<int> to = 0;
  std::thread thread([&] {
    from.fetch_sub(1);
    to.fetch_add(1);
  });
  explored::require(from.load() + to.load() == 10, "no money is lost on its way");
  thread.join();
}

COROKIT_EXPLORED(look_then_take) {
  std::mutex mutex;
  std::vector<int> letters{1};
  const auto is_empty = [&] {
    const std::lock_guard lock(mutex);
    return letters.empty();
  };
  const auto take = [&] {
    const std::lock_guard lock(mutex);
    explored::require(!letters.empty(), "there is still a letter");
    letters.pop_back();
  };
  const auto look = [&] {
    if (!is_empty()) take();
  };
  std::thread thread(look);
  look();
  thread.join();
}

COROKIT_EXPLORED(a_worker_runs_until_it_is_told_to_stop) {
  std::atomic<bool> stop = false;
  std::atomic<long> rounds = 0;
  std::thread worker([&] {
    while (!stop.load(std::memory_order_relaxed)) rounds.fetch_add(1, std::memory_order_relaxed);
  });
  std::this_thread::sleep_for(milliseconds(10));
  stop.store(true, std::memory_order_relaxed);
  worker.join();
}

COROKIT_EXPLORED(a_worker_runs_until_time_is_over) {
  std::atomic<long> rounds = 0;
  std::thread worker([&] {
    const auto end = std::chrono::steady_clock::now() + milliseconds(1);
    while (std::chrono::steady_clock::now() < end) rounds.fetch_add(1, std::memory_order_relaxed);
  });
  worker.join();
}

COROKIT_EXPLORED(errno_is_each_threads_own) {
  std::atomic<int> point = 0;
  const auto fail = [&](int error) {
    errno = error;
    point.fetch_add(1);
    explored::require(errno == error, "the error is that of the thread");
  };
  std::thread thread([&] { fail(EAGAIN); });
  fail(EINTR);
  thread.join();
}

COROKIT_EXPLORED(rand_begins_anew) {
  std::atomic<int> point = 0;
  std::thread thread([&] { point.fetch_add(1); });
  for (int i = std::rand() % 4; i >= 0; --i) point.fetch_add(1);  // NOLINT: it is about std::rand()
  thread.join();
}
