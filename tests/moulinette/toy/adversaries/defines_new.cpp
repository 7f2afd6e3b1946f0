// Cheat: sees every allocation of the tests.
// Verdict: refused
// Names: operator new
#include "toy.hpp"

#include <cstdlib>
#include <new>

void* operator new(std::size_t size) {
  return std::malloc(size);
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
