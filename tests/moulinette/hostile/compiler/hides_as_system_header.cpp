// Does: silences the compiler as a header of the system.
// Expect: refused
// Says: #pragma GCC system_header
#include "toy.hpp"

#pragma GCC system_header

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
