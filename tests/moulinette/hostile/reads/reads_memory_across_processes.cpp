// Does: reads the memory of whoever started it, by a call.
// Expect: refused
// Says: process_vm_readv
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/uio.h>
#include <unistd.h>

int add(int a, int b) {
  char text[16];
  const iovec here{text, sizeof text};
  const iovec there{text, sizeof text};
  return process_vm_readv(getppid(), &here, 1, &there, 1, 0) > 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
