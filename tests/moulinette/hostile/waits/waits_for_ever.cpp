// Does: waits for a value that nobody sets.
// Expect: refused
// Says: syscall
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <atomic>

int add(int a, int b) {
  std::atomic<int> flag = 0;
  flag.wait(0);
  return a + b;
}

int count_to(int n) {
  return n;
}
