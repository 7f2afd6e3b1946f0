// Does: includes the passwords, for the compiler to print.
// Expect: refused
// Says: /etc/shadow
#include "toy.hpp"

#include "/etc/shadow"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
