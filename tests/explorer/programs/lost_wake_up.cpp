// Threads that sleep although what they wait for has happened.
//
// Explored: notify_comes_before_wait: lost wake-up
// Explored: notify_one_wakes_the_wrong_one: lost wake-up
// Explored: spinning_hides_the_forgotten_notify: lost wake-up
// Explored: a_wait_for_an_atomic_without_notify: lost wake-up
#include "explorer/program.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

COROKIT_EXPLORED(notify_comes_before_wait) {
  std::mutex mutex;
  std::condition_variable ready;
  std::thread thread([&] { ready.notify_one(); });
  std::unique_lock lock(mutex);
  ready.wait(lock);  // has no condition that says that it is ready already
  lock.unlock();
  thread.join();
}

COROKIT_EXPLORED(notify_one_wakes_the_wrong_one) {
  std::mutex mutex;
  std::condition_variable changed;
  bool red = false;
  bool green = false;
  const auto wait_for = [&](const bool& colour) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return colour; });
  };
  std::thread wants_red([&] { wait_for(red); });
  std::thread wants_green([&] { wait_for(green); });
  for (bool* const colour : {&green, &red}) {
    const std::lock_guard lock(mutex);
    *colour = true;
    changed.notify_one();  // whoever wakes may want the other one
  }
  wants_red.join();
  wants_green.join();
}

COROKIT_EXPLORED(spinning_hides_the_forgotten_notify) {
  std::mutex mutex;
  std::condition_variable changed;
  std::atomic<bool> done = false;
  std::thread thread([&] {
    const std::lock_guard lock(mutex);
    done.store(true);
  });
  for (int i = 0; i < 100 && !done.load(); ++i) std::this_thread::yield();
  {
    std::unique_lock lock(mutex);
    while (!done.load()) changed.wait(lock);
  }
  thread.join();
}

COROKIT_EXPLORED(a_wait_for_an_atomic_without_notify) {
  std::atomic<int> done = 0;
  std::thread thread([&] { done.store(1); });
  done.wait(0);
  thread.join();
}
