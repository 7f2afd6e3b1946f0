// Does: writes to all the memory that it can get.
// Expect: failed passed
// Says: an exception escaped: std::bad_alloc
#include "toy.hpp"

#include <memory>
#include <vector>

int add(int, int) {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (;;) blocks.push_back(std::make_unique<char[]>(1U << 24U));
}

int count_to(int n) {
  return n;
}
