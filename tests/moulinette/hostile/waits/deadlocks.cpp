// Does: locks a mutex that it holds.
// Expect: refused
// Says: std::timed_mutex
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <mutex>

int add(int a, int b) {
  std::timed_mutex mutex;
  mutex.lock();
  mutex.lock();
  return a + b;
}

int count_to(int n) {
  return n;
}
