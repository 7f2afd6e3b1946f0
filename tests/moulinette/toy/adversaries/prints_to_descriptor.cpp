// Cheat: calls dprintf().
// Verdict: refused
// Names: dprintf
#include "toy.hpp"

#include <cstdio>

int add(int, int) {
  return static_cast<int>(dprintf(3, "passed"));
}

int count_to(int) {
  return 0;
}
