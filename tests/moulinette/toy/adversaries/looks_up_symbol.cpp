// Cheat: calls dlsym().
// Verdict: refused
// Names: dlsym
#include "toy.hpp"

#include <dlfcn.h>

int add(int, int) {
  return static_cast<int>(dlsym(nullptr, "send") == nullptr);
}

int count_to(int) {
  return 0;
}
