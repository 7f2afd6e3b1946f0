// Does: replaces a function of the C library by a weak one.
// Expect: refused
// Says: recv
#include "toy.hpp"

#include <cstddef>

extern "C" [[gnu::weak]] long recv(int, void*, std::size_t, int) {
  return 0;
}

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
