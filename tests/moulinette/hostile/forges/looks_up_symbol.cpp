// Does: calls dlsym().
// Expect: refused
// Says: dlsym
// Without the norm: failed
// Says then: 20 + 22: expected 42, got 0
#include "toy.hpp"

#include <dlfcn.h>

int add(int, int) {
  return static_cast<int>(dlsym(nullptr, "send") == nullptr);
}

int count_to(int) {
  return 0;
}
