// Does: becomes a program that it keeps in memory.
// Expect: refused
// Says: memfd_create
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/mman.h>

int add(int a, int b) {
  return memfd_create("hostile", 0) < 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
