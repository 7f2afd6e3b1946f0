// Does: has its own function called when a sanitizer gives up.
// Expect: refused
// Says: __sanitizer_set_death_callback
#include "toy.hpp"

extern "C" void __sanitizer_set_death_callback(void (*)());
static const int kSet = (__sanitizer_set_death_callback([] {}), 0);

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
