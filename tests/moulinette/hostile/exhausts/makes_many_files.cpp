// Does: makes files until there is no room for another.
// Expect: refused
// Says: creat
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <string>

int add(int a, int b) {
  for (int i = 0; i < 100'000; ++i)
    if (creat(("hostile." + std::to_string(i)).c_str(), 0600) >= 0) close(3);
  return a + b;
}

int count_to(int n) {
  return n;
}
