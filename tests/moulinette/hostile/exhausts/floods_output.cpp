// Does: prints without end, and without a line.
// Expect: hung passed
// Says: killed in schedule 1
#include "toy.hpp"

#include <cstdio>
#include <string>

int add(int a, int b) {
  const std::string text(1U << 20U, 'x');
  for (;;) std::fwrite(text.data(), 1, text.size(), a < b ? stdout : stderr);
}

int count_to(int n) {
  return n;
}
