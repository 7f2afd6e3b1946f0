// Does: makes the word asm of two parts.
// Expect: refused
// Says: ##
#include "toy.hpp"

#define PASTE(a, b) a##b
PASTE(as, m)("");

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
