// Does: hides its data races from ThreadSanitizer.
// Expect: refused
// Says: __tsan_default_suppressions
#include "toy.hpp"

extern "C" const char* __tsan_default_suppressions() {
  return "race:*";
}

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
