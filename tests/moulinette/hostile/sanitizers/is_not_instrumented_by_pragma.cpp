// Does: keeps its functions from being instrumented, by a pragma.
// Expect: refused
// Says: #pragma GCC optimize
#include "toy.hpp"

#pragma GCC optimize("no-sanitize=all")

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
