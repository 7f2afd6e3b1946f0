// Cheat: makes the word asm of two parts.
// Verdict: refused
// Names: ##
#include "toy.hpp"

#define PASTE(a, b) a##b
PASTE(as, m)("");

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
