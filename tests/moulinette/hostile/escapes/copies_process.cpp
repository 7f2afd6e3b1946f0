// Does: calls _Fork().
// Expect: refused
// Says: _Fork
// Without the norm: failed
// Says then: 20 + 22: expected 42, got -1
#include "toy.hpp"

#include <unistd.h>

int add(int, int) {
  return static_cast<int>(_Fork());
}

int count_to(int) {
  return 0;
}
