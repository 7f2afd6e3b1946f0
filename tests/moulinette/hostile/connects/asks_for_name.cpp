// Does: asks for the address of a machine.
// Expect: refused
// Says: getaddrinfo
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <netdb.h>

int add(int a, int b) {
  addrinfo* found = nullptr;
  return getaddrinfo("localhost", "53", nullptr, &found) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
