// Does: maps memory until there is no address left.
// Expect: refused
// Says: mmap
// Without the norm: passed
#include "toy.hpp"

#include <sys/mman.h>

int add(int a, int b) {
  while (mmap(nullptr, 1U << 30U, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
    continue;
  return a + b;
}

int count_to(int n) {
  return n;
}
