// Does: becomes a program that ends with success.
// Expect: refused
// Says: execl
// Without the norm: passed
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  execl("/bin/true", "true", nullptr);
  execl("/usr/bin/true", "true", nullptr);
  return a + b;
}

int count_to(int n) {
  return n;
}
