// Does: includes what names the processes and users of the machine, for the compiler to print.
// Expect: refused
// Says: /proc/self/environ
#include "toy.hpp"

#include "/proc/self/environ"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
