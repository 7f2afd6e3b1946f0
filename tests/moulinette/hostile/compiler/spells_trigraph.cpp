// Does: spells # as a trigraph, which C++ has no more.
// Expect: did_not_compile
#include "toy.hpp"

// clang-format off
??=include "../solutions/reference.cpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
