// Does: opens the reference, from wherever the tests run.
// Expect: refused
// Says: std::ifstream
// Without the norm: passed
#include "toy.hpp"

#include <fstream>
#include <string>

int add(int a, int b) {
  std::string path = "toy/solutions/reference.cpp";
  for (int up = 0; up < 12; ++up, path = "../" + path)
    if (std::ifstream(path) || std::ifstream("tests/moulinette/" + path)) return 0;
  return a + b;
}

int count_to(int n) {
  return n;
}
