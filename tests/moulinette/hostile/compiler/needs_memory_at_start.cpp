// Does: has a variable of two gibibytes, more than its program may have.
// Expect: crashed
#include "toy.hpp"

volatile char huge[2'000'000'000L];

int add(int a, int b) {
  return huge[a & 1] + a + b;
}

int count_to(int n) {
  return n;
}
