// Does: sets the options of AddressSanitizer.
// Expect: refused
// Says: __asan_default_options
#include "toy.hpp"

extern "C" const char* __asan_default_options() {
  return "detect_leaks=0:halt_on_error=0";
}

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
