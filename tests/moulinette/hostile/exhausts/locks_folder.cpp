// Does: makes a folder that it may not enter, so that nobody can clean up.
// Expect: refused
// Says: mkdir
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/stat.h>

int add(int a, int b) {
  mkdir("hostile", 0700);
  mkdir("hostile/inner", 0700);
  chmod("hostile", 0);
  return a + b;
}

int count_to(int n) {
  return n;
}
