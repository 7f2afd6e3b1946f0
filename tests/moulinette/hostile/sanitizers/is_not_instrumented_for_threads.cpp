// Does: keeps a function from ThreadSanitizer.
// Expect: refused
// Says: no_sanitize_thread
#include "toy.hpp"

[[gnu::no_sanitize_thread]] int hidden(int* p) {
  return ++*p;
}

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
