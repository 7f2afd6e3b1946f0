// Does: writes another program over its own, for the next test.
// Expect: refused
// Says: readlink
// Without the norm: passed
#include "toy.hpp"

#include <fcntl.h>
#include <unistd.h>

int add(int a, int b) {
  char path[4096]{};
  if (readlink("/proc/self/exe", path, sizeof path - 1) < 0) return a + b;
  unlink(path);
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
  if (file < 0) return a + b;
  constexpr char kText[] = "#!/bin/sh\nexit 0\n";
  return write(file, kText, sizeof kText - 1) < 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
