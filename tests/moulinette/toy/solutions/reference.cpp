#include "toy.hpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  int counted = 0;
  for (int i = 1; i <= n; ++i) ++counted;
  return counted;
}
