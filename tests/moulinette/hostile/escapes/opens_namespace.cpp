// Does: makes itself root in namespaces of its own.
// Expect: refused
// Says: unshare
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sched.h>

int add(int a, int b) {
  return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
