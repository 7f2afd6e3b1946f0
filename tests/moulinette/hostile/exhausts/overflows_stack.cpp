// Does: calls itself for ever.
// Expect: crashed passed
// Says: killed by SIGSEGV
#include "toy.hpp"

int add(int a, int b) {
  volatile char frame[1024] = {};
  frame[a & 1023] = static_cast<char>(b);
  return add(a + frame[0], b) + frame[1];
}

int count_to(int n) {
  return n;
}
