// Does: makes a file of a tebibyte, and writes nothing.
// Expect: refused
// Says: open
// Without the norm: passed
#include "toy.hpp"

#include <fcntl.h>
#include <unistd.h>

int add(int a, int b) {
  const int file = open("hostile.written", O_RDWR | O_CREAT, 0600);
  return file >= 0 && ftruncate(file, 1L << 40U) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
