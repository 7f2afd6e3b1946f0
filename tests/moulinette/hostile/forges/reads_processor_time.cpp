// Does: reads how much time it has used.
// Expect: refused
// Says: clock
// Without the norm: passed
#include "toy.hpp"

#include <ctime>

int add(int a, int b) {
  return std::clock() < 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
