// Cheat: calls mmap().
// Verdict: refused
// Names: mmap
#include "toy.hpp"

#include <sys/mman.h>

int add(int, int) {
  return static_cast<int>(mmap(nullptr, 4096, 7, 34, -1, 0) == nullptr);
}

int count_to(int) {
  return 0;
}
