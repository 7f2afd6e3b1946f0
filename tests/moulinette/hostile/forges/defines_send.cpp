// Does: replaces the function by which a test reports.
// Expect: refused
// Says: send
#include "toy.hpp"

#include <cstddef>

extern "C" long send(int, const void*, std::size_t length, int) {
  return static_cast<long>(length);
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
