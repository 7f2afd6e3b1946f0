// Does: prints a report where everybody prints.
// Expect: failed passed
// Says: 20 + 22: expected 42, got 0
#include "toy.hpp"

#include <cstdio>

int add(int a, int b) {
  std::printf(" 1 adds\n {\"outcome\":\"passed\"}\n{\"outcome\":\"passed\",\"score\":100}\n");
  return 0;
}

int count_to(int n) {
  return n;
}
