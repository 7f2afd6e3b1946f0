// What a program asks of the explorer: a choice of its own, and what has happened so far.
//
// Explored: all_choices_are_tried: right
// Explored: a_choice_within_a_choice: right
// Explored: a_choice_between_threads --preemptions 0: right
// Explored: fails_for_one_choice: broken
// Explored: a_choice_is_never_the_count: not reached
// Explored: counts_what_one_thread_does: right
// Explored: counts_what_threads_wait_for: right
// Explored: counts_begin_with_each_schedule: right
// Explored: one_compare_exchange_too_many: broken
#include "explorer/program.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

COROKIT_EXPLORED(all_choices_are_tried) {
  static constexpr const char* kNames[] = {"zero", "one", "two"};
  for (const char* const name : kNames) explored::wants(name);
  explored::reached(kNames[explored::choose(3)]);
}

COROKIT_EXPLORED(a_choice_within_a_choice) {
  explored::wants("the last of the last");
  const std::size_t count = 1 + explored::choose(4);
  const std::size_t chosen = explored::choose(count);
  explored::require(chosen < count, "a choice is below the count");
  if (chosen == 3) explored::reached("the last of the last");
}

COROKIT_EXPLORED(a_choice_between_threads) {
  explored::wants("the other thread came first, and 1 was chosen");
  std::atomic<int> chosen = -1;
  std::thread thread([&] { chosen = static_cast<int>(explored::choose(2)); });
  thread.join();
  if (chosen == 1) explored::reached("the other thread came first, and 1 was chosen");
}

COROKIT_EXPLORED(fails_for_one_choice) {
  explored::require(explored::choose(1'000) != 617, "617 is not chosen");
}

COROKIT_EXPLORED(a_choice_is_never_the_count) {
  explored::wants("the count is chosen");
  if (explored::choose(5) == 5) explored::reached("the count is chosen");
}

COROKIT_EXPLORED(counts_what_one_thread_does) {
  std::atomic<int> word = 0;
  std::mutex mutex;
  const auto before = explored::counts();
  word.store(1);
  int expected = 7;
  word.compare_exchange_strong(expected, 2);
  word.fetch_add(1);
  const auto number = std::make_unique<int>(word.load());
  const std::lock_guard guard(mutex);
  const auto spent = explored::counts() - before;
  explored::require(spent.atomic_operations == 4, "a store, a load, and two read-modify-writes");
  explored::require(spent.read_modify_writes == 2, "one that failed, and one that did not");
  explored::require(spent.allocations == 1, "the number is allocated");
  explored::require(spent.locks == 1, "the mutex is locked");
  explored::require(spent.waits == 0 && spent.wakes == 0, "nobody waits");
}

COROKIT_EXPLORED(counts_what_threads_wait_for) {
  explored::wants("a thread waited");
  std::mutex mutex;
  std::condition_variable changed;
  bool ready = false;
  std::thread thread([&] {
    const std::lock_guard guard(mutex);
    ready = true;
    changed.notify_one();
  });
  const bool waited = [&] {
    std::unique_lock lock(mutex);
    if (ready) return false;
    changed.wait(lock);
    return true;
  }();
  thread.join();
  const auto counts = explored::counts();
  explored::require(counts.waits == (waited ? 1 : 0),
                    "a wait on a condition variable is one of the kernel's");
  explored::require(counts.wakes == 1 && counts.locks == 2, "one wake, and each thread locks the mutex once");
  if (waited) explored::reached("a thread waited");
}

COROKIT_EXPLORED(counts_begin_with_each_schedule) {
  std::atomic<int> word = 0;
  std::thread thread([&] { word.store(1); });
  word.load();
  thread.join();
  explored::require(explored::counts().atomic_operations == 2, "only this schedule counts");
}

COROKIT_EXPLORED(one_compare_exchange_too_many) {
  std::atomic<bool> locked = false;
  for (int i = 0; i < 2; ++i) {
    bool expected = false;
    locked.compare_exchange_strong(expected, true);
  }
  explored::require(explored::counts().read_modify_writes == 1,
                    "a lock that is free takes one compare_exchange");
}
