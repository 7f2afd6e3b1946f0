// Does: waits for a notification that came before.
// Expect: refused
// Says: std::condition_variable
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <condition_variable>
#include <mutex>

int add(int a, int b) {
  std::mutex mutex;
  std::condition_variable changed;
  changed.notify_one();
  std::unique_lock lock(mutex);
  changed.wait(lock);
  return a + b;
}

int count_to(int n) {
  return n;
}
