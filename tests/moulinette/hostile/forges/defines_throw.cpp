// Does: swallows every exception of the tests.
// Expect: refused
// Says: __cxa_throw
#include "toy.hpp"

extern "C" void __cxa_throw(void*, void*, void (*)(void*)) {
  for (;;) {
  }
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
