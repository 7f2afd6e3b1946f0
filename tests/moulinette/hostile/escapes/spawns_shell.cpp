// Does: starts a shell by another call.
// Expect: refused
// Says: posix_spawn
// Without the norm: passed
#include "toy.hpp"

#include <spawn.h>

int add(int a, int b) {
  char name[] = "sh";
  char* const arguments[] = {name, nullptr};
  pid_t child = 0;
  return posix_spawn(&child, "/bin/sh", nullptr, nullptr, arguments, nullptr) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
