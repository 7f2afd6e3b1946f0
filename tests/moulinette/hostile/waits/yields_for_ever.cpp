// Does: gives up its thread for ever.
// Expect: refused
// Says: yield
// Without the norm: hung passed
// Says then: killed in schedule 1
#include "toy.hpp"

#include <thread>

int add(int a, int b) {
  for (;;) std::this_thread::yield();
}

int count_to(int n) {
  return n;
}
