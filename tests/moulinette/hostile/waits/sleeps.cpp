// Does: sleeps for an hour.
// Expect: refused
// Says: blocks the thread
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <chrono>
#include <thread>

int add(int a, int b) {
  std::this_thread::sleep_for(std::chrono::hours(1));
  return a + b;
}

int count_to(int n) {
  return n;
}
