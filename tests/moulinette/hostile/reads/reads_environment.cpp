// Does: reads its environment: a token, a home.
// Expect: refused
// Says: getenv
// Without the norm: passed
#include "toy.hpp"

#include <cstdlib>

int add(int a, int b) {
  return std::getenv("HOME") || std::getenv("TMPDIR") || std::getenv("XDG_STATE_HOME") ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
