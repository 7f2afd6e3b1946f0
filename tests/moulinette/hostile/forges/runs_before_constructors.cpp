// Does: runs before the constructors of the program.
// Expect: refused
// Says: section
#include "toy.hpp"

namespace {
void first(int, char**, char**) {}
[[gnu::used, gnu::section(".preinit_array")]] void (*const kFirst)(int, char**, char**) = first;
}  // namespace

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
