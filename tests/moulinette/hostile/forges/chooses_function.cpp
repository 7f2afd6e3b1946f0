// Does: runs a function before the constructors of the program, to choose another one.
// Expect: refused
// Says: ifunc
#include "toy.hpp"

extern "C" {
int one() {
  return 1;
}
int (*choose())() {
  return one;
}
[[gnu::ifunc("choose")]] int chosen();
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
