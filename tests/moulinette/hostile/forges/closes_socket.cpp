// Does: Returns the right sum, but closes the socket to the grader.
// Expect: refused
// Says: close:
// Without the norm: exited_early passed
// Says then: in schedule 1 with status 0, and never reported
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  for (int fd = 0; fd < 2048; ++fd) close(fd);
  return a + b;
}

int count_to(int n) {
  return n;
}
