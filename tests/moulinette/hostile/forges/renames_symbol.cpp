// Does: gives a function the name of another, behind the back of the language.
// Expect: refused
// Says: #pragma redefine_extname sent send
#include "toy.hpp"

#pragma redefine_extname sent send
extern "C" long sent(int, const void*, unsigned long length, int) {
  return static_cast<long>(length);
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
