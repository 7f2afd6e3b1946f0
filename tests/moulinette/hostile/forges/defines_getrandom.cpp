// Does: makes the mask of the secret known.
// Expect: refused
// Says: getrandom
#include "toy.hpp"

#include <sys/random.h>
#include <cstring>

extern "C" ssize_t getrandom(void* to, size_t size, unsigned) noexcept {
  std::memset(to, 0, size);
  return static_cast<ssize_t>(size);
}

int add(int a, int b) {
  return 0;
}

int count_to(int n) {
  return n;
}
