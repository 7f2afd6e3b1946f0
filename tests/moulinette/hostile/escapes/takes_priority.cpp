// Does: takes a higher priority than the grader.
// Expect: refused
// Says: setpriority
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/resource.h>

int add(int a, int b) {
  return setpriority(PRIO_PROCESS, 0, -20) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
