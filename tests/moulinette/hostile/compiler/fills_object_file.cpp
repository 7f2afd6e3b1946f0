// Does: has an initialised array of a tebibyte.
// Expect: did_not_compile
// Says: The compiler writes more than
#include "toy.hpp"

char huge[1L << 40U] = {1};

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
