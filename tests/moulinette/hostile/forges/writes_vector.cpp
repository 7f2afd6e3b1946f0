// Does: calls writev().
// Expect: refused
// Says: writev
// Without the norm: failed
// Says then: 20 + 22: expected 42, got -1
#include "toy.hpp"

#include <sys/uio.h>

int add(int, int) {
  return static_cast<int>(writev(3, nullptr, 0));
}

int count_to(int) {
  return 0;
}
