// Does: stops the clock.
// Expect: refused
// Says: clock_gettime
#include "toy.hpp"

#include <ctime>

extern "C" int clock_gettime(clockid_t, timespec* now) noexcept {
  *now = {};
  return 0;
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
