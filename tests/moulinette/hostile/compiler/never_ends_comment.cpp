// Does: opens a comment that nothing closes.
// Expect: did_not_compile
// Says: unterminated
#include "toy.hpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}

/* for ever and ever
