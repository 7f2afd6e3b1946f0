// Does: loops for ever.
// Expect: hung passed
// Says: killed in schedule 1
#include "toy.hpp"

int add(int a, int b) {
  for (volatile int i = 0;; i = a + b) {
  }
}

int count_to(int n) {
  return n;
}
