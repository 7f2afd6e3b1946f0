// Does: nests a million brackets, deeper than the compiler can follow.
// Expect: did_not_compile
#include "toy.hpp"

#define L6 L5 L5 L5 L5 L5 L5 L5 L5 L5 L5
#define L5 L4 L4 L4 L4 L4 L4 L4 L4 L4 L4
#define L4 L3 L3 L3 L3 L3 L3 L3 L3 L3 L3
#define L3 L2 L2 L2 L2 L2 L2 L2 L2 L2 L2
#define L2 L1 L1 L1 L1 L1 L1 L1 L1 L1 L1
#define L1 L0 L0 L0 L0 L0 L0 L0 L0 L0 L0
#define L0 (
int sum = L6;

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
