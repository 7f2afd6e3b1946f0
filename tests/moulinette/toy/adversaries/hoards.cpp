#include "toy.hpp"

#include <cstddef>
#include <vector>

// Takes all the memory there is.
int add(int, int) {
  std::vector<char*> hoard;
  for (;;) hoard.push_back(new char[std::size_t{1} << 24U]);
}

int count_to(int n) {
  return n;
}
