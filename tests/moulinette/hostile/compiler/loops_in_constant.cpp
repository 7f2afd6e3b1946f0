// Does: has the compiler compute for ever.
// Expect: did_not_compile
// Says: static assertion
#include "toy.hpp"

constexpr int endless() {
  for (;;) {
  }
}
static_assert(endless() == 0);

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
