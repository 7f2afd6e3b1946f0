// Does: sees every allocation of the tests.
// Expect: refused
// Says: operator new
#include "toy.hpp"

#include <new>

static char memory[1 << 20];

void* operator new(std::size_t) {
  return memory;
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
