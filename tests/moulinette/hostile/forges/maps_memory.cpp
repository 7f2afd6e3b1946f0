// Does: calls mmap().
// Expect: refused
// Says: mmap
// Without the norm: failed
// Says then: 20 + 22: expected 42, got 0
#include "toy.hpp"

#include <sys/mman.h>

int add(int, int) {
  return static_cast<int>(mmap(nullptr, 4096, 7, 34, -1, 0) == nullptr);
}

int count_to(int) {
  return 0;
}
