// Does: writes a file that has no end.
// Expect: refused
// Says: std::ofstream
// Without the norm: passed
#include "toy.hpp"

#include <fstream>
#include <string>

int add(int a, int b) {
  std::ofstream file("hostile.written");
  const std::string text(1U << 20U, 'x');
  while (file << text) continue;
  return a + b;
}

int count_to(int n) {
  return n;
}
