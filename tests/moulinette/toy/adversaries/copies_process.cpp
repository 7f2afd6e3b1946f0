// Cheat: calls _Fork().
// Verdict: refused
// Names: _Fork
#include "toy.hpp"

#include <unistd.h>

int add(int, int) {
  return static_cast<int>(_Fork());
}

int count_to(int) {
  return 0;
}
