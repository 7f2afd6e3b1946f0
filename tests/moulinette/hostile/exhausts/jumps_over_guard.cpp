// Does: has a frame that is larger than the stack and its guard page.
// Expect: crashed passed
// Says: killed by SIGSEGV
#include "toy.hpp"

int add(int a, int b) {
  volatile char frame[64U << 20U];
  frame[0] = static_cast<char>(a);
  return frame[0] + b;
}

int count_to(int n) {
  return n;
}
