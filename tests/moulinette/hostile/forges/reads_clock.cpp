// Does: calls time().
// Expect: refused
// Says: time
// Without the norm: failed
// Says then: 20 + 22: expected 42, got 0
#include "toy.hpp"

#include <ctime>

int add(int, int) {
  return static_cast<int>(std::time(nullptr) == 0);
}

int count_to(int) {
  return 0;
}
