// Does: opens descriptors until there is none left.
// Expect: refused
// Says: dup
// Without the norm: passed
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  while (dup(2) >= 0) continue;
  return a + b;
}

int count_to(int n) {
  return n;
}
