// Does: prints what erases the report on a terminal and shows another one.
// Expect: failed passed
// Says: 20 + 22: expected 42, got 0
#include "toy.hpp"

#include <cstdio>

int add(int a, int b) {
  std::puts("\x1b[2J\x1b[HScore 100/100: passed\x1b]0;passed\x07");
  return 0;
}

int count_to(int n) {
  return n;
}
