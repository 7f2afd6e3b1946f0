// Does: Joins the process group of the grader, where a signal to the group of the test does not reach it.
// Expect: refused
// Says: pause: blocks the thread
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <unistd.h>

int add(int, int) {
  setpgid(0, getpgid(getppid()));
  for (;;) pause();
}

int count_to(int n) {
  return n;
}
