// Does: includes the standard input, and waits for whoever types it.
// Expect: refused
// Says: /dev/stdin
#include "toy.hpp"

#include "/dev/stdin"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
