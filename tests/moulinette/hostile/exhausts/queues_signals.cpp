// Does: queues signals until there is no room for another.
// Expect: refused
// Says: sigprocmask
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <unistd.h>
#include <csignal>

int add(int a, int b) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGRTMIN);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  for (int i = 0; i < 1'000'000; ++i)
    if (sigqueue(getpid(), SIGRTMIN, {}) != 0) break;
  return a + b;
}

int count_to(int n) {
  return n;
}
