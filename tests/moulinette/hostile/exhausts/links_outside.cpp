// Does: leaves links that lead out of its folder, for whoever cleans up to follow.
// Expect: refused
// Says: symlink
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <unistd.h>

int add(int a, int b) {
  symlink("/etc", "hostile");
  symlink("hostile.loop", "hostile.loop");
  return a + b;
}

int count_to(int n) {
  return n;
}
