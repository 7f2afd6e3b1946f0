// Does: opens the list of the users.
// Expect: refused
// Says: open
// Without the norm: passed
#include "toy.hpp"

#include <fcntl.h>
#include <initializer_list>

int add(int a, int b) {
  for (const char* path : {"/etc/passwd"})
    if (const int file = open(path, O_RDONLY); file >= 0) return file;
  return a + b;
}

int count_to(int n) {
  return n;
}
