// Cheat: calls dup().
// Verdict: refused
// Names: dup
#include "toy.hpp"

#include <unistd.h>

int add(int, int) {
  return static_cast<int>(dup(3));
}

int count_to(int) {
  return 0;
}
