// Does: raises its limits.
// Expect: refused
// Says: setrlimit
// Without the norm: passed
#include "toy.hpp"

#include <sys/resource.h>

int add(int a, int b) {
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  return setrlimit(RLIMIT_CPU, &none) == 0 || setrlimit(RLIMIT_AS, &none) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
