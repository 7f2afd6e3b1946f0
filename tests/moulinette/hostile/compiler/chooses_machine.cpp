// Does: compiles for another machine than the grader.
// Expect: refused
// Says: #pragma GCC target
#include "toy.hpp"

#pragma GCC target("avx512f")
#pragma GCC optimize("O0")

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
