// Does: includes a device that never ends.
// Expect: refused
// Says: /dev/zero
#include "toy.hpp"

#include "/dev/zero"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
