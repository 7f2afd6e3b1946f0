// Cheat: calls socketpair().
// Verdict: refused
// Names: socketpair
#include "toy.hpp"

#include <sys/socket.h>

int add(int, int) {
  int pair[2];
  return static_cast<int>(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

int count_to(int) {
  return 0;
}
