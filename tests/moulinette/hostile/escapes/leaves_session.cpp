// Does: starts a grandchild in a session of its own, which outlives the test.
// Expect: refused
// Says: fork
// Without the norm: passed
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0)
      for (;;) pause();
    _exit(0);
  }
  return a + b;
}

int count_to(int n) {
  return n;
}
