#include "toy.hpp"

int add(int a, int b) {
  return a + c;
}

int count_to(int n) {
  return n;
}
