// Does: stops whoever started it.
// Expect: refused
// Says: kill
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <unistd.h>
#include <csignal>

int add(int a, int b) {
  kill(getppid(), SIGSTOP);
  return a + b;
}

int count_to(int n) {
  return n;
}
