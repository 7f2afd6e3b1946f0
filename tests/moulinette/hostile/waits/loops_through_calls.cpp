// Does: throws and catches for ever.
// Expect: hung passed
// Says: killed in schedule 1
#include "toy.hpp"

int add(int a, int b) {
  for (;;) {
    try {
      throw a + b;
    } catch (int) {
    }
  }
}

int count_to(int n) {
  return n;
}
