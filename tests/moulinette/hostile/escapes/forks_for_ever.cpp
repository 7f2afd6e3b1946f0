// Does: forks until there is no room for another process.
// Expect: refused
// Says: fork
// Without the norm: hung passed
// Says then: killed in schedule 1
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  for (;;) fork();
}

int count_to(int n) {
  return n;
}
