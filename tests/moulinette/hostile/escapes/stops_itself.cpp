// Does: stops, so that it uses no time.
// Expect: refused
// Says: raise
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <csignal>

int add(int a, int b) {
  raise(SIGSTOP);
  return a + b;
}

int count_to(int n) {
  return n;
}
