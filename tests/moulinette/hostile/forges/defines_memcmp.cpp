// Does: finds all things equal.
// Expect: refused
// Says: memcmp
#include "toy.hpp"

#include <cstddef>

extern "C" int memcmp(const void*, const void*, std::size_t) noexcept {
  return 0;
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
