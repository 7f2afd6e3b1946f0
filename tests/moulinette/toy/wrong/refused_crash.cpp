// Wrong: writes where it must not.
// Plausible: a pointer nobody set.
// Killed-by: adds
// Under: simulation
// Expect: crash
#include "toy.hpp"

int add(int a, int b) {
  int* volatile nowhere = nullptr;
  *nowhere = a + b;
  return *nowhere;
}

int count_to(int n) {
  return n;
}
