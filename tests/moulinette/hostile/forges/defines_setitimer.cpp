// Does: takes away the clock that ends its schedule, and loops.
// Expect: refused
// Says: setitimer
#include "toy.hpp"

extern "C" int setitimer(int, const void*, void*) noexcept {
  return 0;
}

int add(int a, int b) {
  for (;;) {
  }
}

int count_to(int n) {
  return n;
}
