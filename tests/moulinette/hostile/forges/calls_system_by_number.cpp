// Does: calls the system by the number of what it wants.
// Expect: refused
// Says: syscall
// Without the norm: failed passed
// Says then: 20 + 22: expected 42, got 0 (in schedule 1)
#include "toy.hpp"

#include <sys/syscall.h>
#include <unistd.h>

int add(int a, int b) {
  return syscall(SYS_gettid) > 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
