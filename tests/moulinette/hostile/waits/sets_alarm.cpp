// Does: lets a timer of the system kill its test.
// Expect: refused
// Says: setitimer
// Without the norm: crashed passed
// Says then: killed by SIGALRM in schedule 1
#include "toy.hpp"

#include <sys/time.h>

int add(int a, int b) {
  const itimerval soon{{}, {0, 1000}};
  setitimer(ITIMER_REAL, &soon, nullptr);
  for (volatile int i = 0;; i = a + b) {
  }
}

int count_to(int n) {
  return n;
}
