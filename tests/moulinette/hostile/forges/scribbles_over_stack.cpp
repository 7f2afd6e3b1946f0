// Does: overwrites what lies above its frame: the state of the test, return addresses.
// Expect: crashed passed
// Says: killed by SIG
#include "toy.hpp"

int add(int a, int b) {
  volatile char here = 0;
  volatile char* at = &here;
  for (int i = 0; i < 4096; ++i) at[i] = static_cast<char>(a + b);
  return a + b;
}

int count_to(int n) {
  return n;
}
