// Does: includes the tests, found from the folder of the given headers.
// Expect: refused
// Says: ../tests/toy_tests.cpp
#include "toy.hpp"

#include "../tests/toy_tests.cpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
