// Does: has an initialised array of three hundred mebibytes, more than a file may have.
// Expect: did_not_compile
// Says: The compiler writes more than
#include "toy.hpp"

char huge[300L << 20U] = {1};

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
