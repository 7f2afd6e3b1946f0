// Does: blocks every signal, and loops.
// Expect: refused
// Says: sigprocmask
// Without the norm: hung passed
// Says then: killed in schedule 1
#include "toy.hpp"

#include <csignal>

int add(int a, int b) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  for (volatile int i = 0;; i = a + b) {
  }
}

int count_to(int n) {
  return n;
}
