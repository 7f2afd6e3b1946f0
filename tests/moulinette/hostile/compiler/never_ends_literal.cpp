// Does: opens a raw literal that nothing closes.
// Expect: did_not_compile
#include "toy.hpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}

// clang-format off
const char* text = R"(for ever and ever
