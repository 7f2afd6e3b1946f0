// Does: starts a process.
// Expect: refused
// Says: fork
// Without the norm: passed
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  return child < 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
