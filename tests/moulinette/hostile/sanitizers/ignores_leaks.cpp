// Does: switches the search for leaks off.
// Expect: refused
// Says: __lsan_disable
#include "toy.hpp"

extern "C" void __lsan_disable();
static const int kOff = (__lsan_disable(), 0);

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
