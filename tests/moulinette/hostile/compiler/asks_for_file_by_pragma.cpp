// Does: has the compiler look at a file, by a pragma.
// Expect: refused
// Says: #pragma GCC dependency
#include "toy.hpp"

#pragma GCC dependency "/etc/shadow"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
