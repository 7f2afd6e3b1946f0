// Does: waits for a signal that nobody sends.
// Expect: refused
// Says: pause
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  pause();
  return a + b;
}

int count_to(int n) {
  return n;
}
