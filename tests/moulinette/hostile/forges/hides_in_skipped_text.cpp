// Does: uses an apostrophe that ends with its line, so that a careless reader sees a literal.
// Expect: refused
// Says: asm
#include "toy.hpp"

#if 0
don't
#endif
void f() {
  asm("" ::"r"('x'));
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
