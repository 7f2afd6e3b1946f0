// Does: waits for a line of the standard input.
// Expect: refused
// Says: std::
// Without the norm: passed
#include "toy.hpp"

#include <iostream>
#include <string>

int add(int a, int b) {
  std::string line;
  return std::getline(std::cin, line) ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
