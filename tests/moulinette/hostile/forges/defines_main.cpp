// Does: brings a main() of its own, which ends with success.
// Expect: refused
// Says: main
#include "toy.hpp"

int add(int a, int b) {
  return 0;
}

int count_to(int n) {
  return n;
}

int main() {
  return 0;
}
