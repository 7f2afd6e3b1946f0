// Does: calls dup().
// Expect: refused
// Says: dup
// Without the norm: failed
// Says then: 20 + 22: expected 42, got -1
#include "toy.hpp"

#include <unistd.h>

int add(int, int) {
  return static_cast<int>(dup(3));
}

int count_to(int) {
  return 0;
}
