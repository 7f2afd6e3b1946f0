// Does: makes a folder in a folder, deeper than any path may be long.
// Expect: refused
// Says: mkdir
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/stat.h>
#include <unistd.h>

int add(int a, int b) {
  for (int i = 0; i < 10'000; ++i)
    if (mkdir("hostile", 0700) != 0 || chdir("hostile") != 0) break;
  return a + b;
}

int count_to(int n) {
  return n;
}
