// Does: waits for a descriptor that does not exist.
// Expect: refused
// Says: ppoll
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <poll.h>

int add(int a, int b) {
  return ppoll(nullptr, 0, nullptr, nullptr) + a + b;
}

int count_to(int n) {
  return n;
}
