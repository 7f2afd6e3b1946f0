// Does: opens a file by a pragma of the compiler.
// Expect: refused
// Says: #pragma GCC pch_preprocess
#include "toy.hpp"

#pragma GCC pch_preprocess "/etc/passwd"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
