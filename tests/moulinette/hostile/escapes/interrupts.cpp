// Does: Presses Ctrl-C in the middle of its test, and never ends.
// Expect: refused
// Says: kill: sends or catches signals
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <unistd.h>
#include <csignal>

int add(int, int) {
  kill(getppid(), SIGINT);
  for (;;) pause();
}

int count_to(int n) {
  return n;
}
