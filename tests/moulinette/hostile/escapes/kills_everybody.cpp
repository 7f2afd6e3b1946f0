// Does: kills every process that it may kill.
// Expect: refused
// Says: kill
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <csignal>

int add(int a, int b) {
  kill(-1, SIGKILL);
  return a + b;
}

int count_to(int n) {
  return n;
}
