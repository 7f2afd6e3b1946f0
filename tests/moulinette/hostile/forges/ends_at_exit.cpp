// Does: ends the process with success in a handler that runs at its end.
// Expect: refused
// Says: atexit
// Without the norm: failed passed
// Says then: 20 + 22: expected 42, got 0 (in schedule 1)
#include "toy.hpp"

#include <unistd.h>
#include <cstdlib>

static const int kRegistered = std::atexit([] { _exit(0); });

int add(int a, int b) {
  return 0;
}

int count_to(int n) {
  return n;
}
