// Does: changes the environment of the process.
// Expect: refused
// Says: setenv
// Without the norm: passed
#include "toy.hpp"

#include <cstdlib>

int add(int a, int b) {
  setenv("LD_PRELOAD", "hostile.so", 1);
  setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
  return a + b;
}

int count_to(int n) {
  return n;
}
