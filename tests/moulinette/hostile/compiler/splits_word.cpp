// Does: writes a refused word over two lines.
// Expect: refused
// Says: asm
#include "toy.hpp"

// clang-format off
as\
m("");

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
