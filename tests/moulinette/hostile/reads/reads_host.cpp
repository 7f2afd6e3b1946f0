// Does: reads the name of the machine.
// Expect: refused
// Says: uname
// Without the norm: failed passed
// Says then: 20 + 22: expected 42, got 0 (in schedule 1)
#include "toy.hpp"

#include <sys/utsname.h>

int add(int a, int b) {
  utsname name{};
  return uname(&name) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
