// Does: spins on a flag that nobody sets.
// Expect: hung passed
// Says: killed in schedule 1
#include "toy.hpp"

#include <atomic>

int add(int a, int b) {
  std::atomic<bool> flag = a > b + 1'000'000;
  while (!flag) continue;
  return a + b;
}

int count_to(int n) {
  return n;
}
