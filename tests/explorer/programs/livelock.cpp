// Threads that run for ever, and get nowhere.
//
// Explored: two_polite_threads: livelock
// Explored: spins_on_a_flag_that_nobody_sets: livelock
// Explored: a_spin_lock_is_never_unlocked: livelock
#include "explorer/program.hpp"
#include "spin_lock.hpp"

#include <atomic>
#include <thread>

COROKIT_EXPLORED(two_polite_threads) {
  std::atomic<bool> first_wants = false;
  std::atomic<bool> second_wants = false;
  const auto pass = [](std::atomic<bool>& mine, std::atomic<bool>& other) {
    mine.store(true);
    while (other.load()) {
      mine.store(false);  // after you
      mine.store(true);   // but if you insist
      std::this_thread::yield();
    }
    mine.store(false);
  };
  std::thread thread([&] { pass(first_wants, second_wants); });
  pass(second_wants, first_wants);
  thread.join();
}

COROKIT_EXPLORED(spins_on_a_flag_that_nobody_sets) {
  std::atomic<bool> flag = false;
  std::thread thread([&] {
    while (!flag.load()) std::this_thread::yield();
  });
  thread.join();
}

COROKIT_EXPLORED(a_spin_lock_is_never_unlocked) {
  SpinLock mutex;
  std::thread thread([&] { mutex.lock(); });
  mutex.lock();
  thread.join();
}
