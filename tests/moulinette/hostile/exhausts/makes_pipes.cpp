// Does: fills pipes until there is none left.
// Expect: refused
// Says: pipe
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <unistd.h>
#include <string>

int add(int a, int b) {
  const std::string text(1U << 16U, 'x');
  for (int pair[2]; pipe(pair) == 0;) static_cast<void>(!write(pair[1], text.data(), text.size()));
  return a + b;
}

int count_to(int n) {
  return n;
}
