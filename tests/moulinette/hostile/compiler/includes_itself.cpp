// Does: includes itself for ever.
// Expect: did_not_compile
// Says: #include nested
#include "toy.hpp"

#include "solution.cpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
