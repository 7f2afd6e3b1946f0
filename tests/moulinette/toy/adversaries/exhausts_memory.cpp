#include "toy.hpp"

#include <cstddef>
#include <vector>

// Allocates memory until there is none.
int add(int, int) {
  std::vector<char*> blocks;
  for (;;) blocks.push_back(new char[std::size_t{1} << 24U]);
}

int count_to(int n) {
  return n;
}
