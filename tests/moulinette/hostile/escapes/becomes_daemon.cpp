// Does: becomes a daemon.
// Expect: refused
// Says: daemon
// Without the norm: passed
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  return daemon(0, 0) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
