// Does: Does nothing, and answers what the subject's examples expect.
// Expect: failed
// Says: got 42
// Says: got 3
#include "toy.hpp"

int add(int, int) {
  return 42;
}

int count_to(int n) {
  return n == 0 ? 0 : 3;
}
