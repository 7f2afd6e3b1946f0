// Does: keeps a function from being instrumented.
// Expect: refused
// Says: no_sanitize
#include "toy.hpp"

[[gnu::no_sanitize("address", "undefined")]] static int hidden(const int* p) {
  return p[1];
}
int use(const int* p) {
  return hidden(p);
}

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
