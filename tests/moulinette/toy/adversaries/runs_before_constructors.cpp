// Cheat: runs before the constructors of the program.
// Verdict: refused
// Names: .preinit_array
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
