// Cheat: calls writev().
// Verdict: refused
// Names: writev
#include "toy.hpp"

#include <sys/uio.h>

int add(int, int) {
  return static_cast<int>(writev(3, nullptr, 0));
}

int count_to(int) {
  return 0;
}
