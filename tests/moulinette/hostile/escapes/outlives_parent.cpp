// Does: asks not to die with its parent, and waits.
// Expect: refused
// Says: prctl
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/prctl.h>
#include <unistd.h>

int add(int a, int b) {
  prctl(PR_SET_PDEATHSIG, 0);
  setsid();
  for (;;) pause();
}

int count_to(int n) {
  return n;
}
