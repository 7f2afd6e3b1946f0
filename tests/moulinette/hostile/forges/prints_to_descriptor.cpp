// Does: calls dprintf().
// Expect: refused
// Says: dprintf
// Without the norm: failed
// Says then: 20 + 22: expected 42, got -1
#include "toy.hpp"

#include <cstdio>

int add(int, int) {
  return static_cast<int>(dprintf(3, "passed"));
}

int count_to(int) {
  return 0;
}
