// Does: becomes root.
// Expect: refused
// Says: setresuid
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  return setresuid(0, 0, 0) == 0 || setgid(0) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
