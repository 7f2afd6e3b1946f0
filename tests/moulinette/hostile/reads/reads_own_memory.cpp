// Does: reads its own memory as a file.
// Expect: refused
// Says: open
// Without the norm: passed
#include "toy.hpp"

#include <fcntl.h>
#include <initializer_list>

int add(int a, int b) {
  for (const char* path : {"/proc/self/mem", "/proc/self/maps"})
    if (const int file = open(path, O_RDONLY); file >= 0) return file;
  return a + b;
}

int count_to(int n) {
  return n;
}
