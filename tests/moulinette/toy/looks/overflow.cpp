// Passes all tests, and overflows.
#include "toy.hpp"

#include <limits>

int add(int a, int b) {
  volatile int most = std::numeric_limits<int>::max();
  [[maybe_unused]] const volatile int more = most + 1;
  return a + b;
}

int count_to(int n) {
  return n;
}
