// Does: starts a shell.
// Expect: refused
// Says: system
// Without the norm: passed
#include "toy.hpp"

#include <cstdlib>

int add(int a, int b) {
  return std::system("echo hostile >/tmp/hostile.written; sleep 1000 &") == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
