// Wrong: waits for something that never comes.
// Plausible: a flag that nobody sets.
// Killed-by: counts
// Under: simulation
// Expect: hang
#include "toy.hpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  volatile bool done = n == 0;
  while (!done) {
  }
  return n;
}
