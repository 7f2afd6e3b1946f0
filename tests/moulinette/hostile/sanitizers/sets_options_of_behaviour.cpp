// Does: sets the options of UndefinedBehaviorSanitizer.
// Expect: refused
// Says: __ubsan_default_options
#include "toy.hpp"

extern "C" const char* __ubsan_default_options() {
  return "halt_on_error=0";
}

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
