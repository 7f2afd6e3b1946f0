// Does: lets the test look as if its time were up.
// Expect: refused
// Says: raise
// Without the norm: crashed passed
// Says then: killed by SIGPROF in schedule 1
#include "toy.hpp"

#include <csignal>

int add(int a, int b) {
  raise(SIGPROF);
  return a + b;
}

int count_to(int n) {
  return n;
}
