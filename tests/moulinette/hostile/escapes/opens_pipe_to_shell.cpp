// Does: reads the output of a shell.
// Expect: refused
// Says: popen
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <cstdio>

int add(int a, int b) {
  return popen("id", "r") ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
