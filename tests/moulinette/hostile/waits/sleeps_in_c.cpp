// Does: sleeps as a thread of C.
// Expect: refused
// Says: thrd_sleep
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <threads.h>
#include <ctime>

int add(int a, int b) {
  const timespec hour{3600, 0};
  thrd_sleep(&hour, nullptr);
  return a + b;
}

int count_to(int n) {
  return n;
}
