// Does: reads the clock on the wall.
// Expect: refused
// Says: gettimeofday
// Without the norm: passed
#include "toy.hpp"

#include <sys/time.h>

int add(int a, int b) {
  timeval now{};
  return gettimeofday(&now, nullptr) == 0 && now.tv_sec > 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
