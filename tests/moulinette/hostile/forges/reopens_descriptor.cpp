// Does: opens the socket of the harness anew, by its name in /proc.
// Expect: refused
// Says: open
// Without the norm: passed
#include "toy.hpp"

#include <fcntl.h>
#include <initializer_list>

int add(int a, int b) {
  return open("/proc/self/fd/1000", O_RDWR) < 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
