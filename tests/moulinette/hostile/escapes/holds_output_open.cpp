// Does: leaves a process that holds its output open.
// Expect: refused
// Says: fork
// Without the norm: failed passed
// Says then: 20 + 22: expected 42, got 0 (in schedule 1)
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  if (fork() == 0) {
    setpgid(0, 0);
    for (;;) pause();
  }
  return 0;
}

int count_to(int n) {
  return n;
}
