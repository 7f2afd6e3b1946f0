// Does: calls socketpair().
// Expect: refused
// Says: socketpair
// Without the norm: crashed failed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/socket.h>

int add(int, int) {
  int pair[2];
  return static_cast<int>(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

int count_to(int) {
  return 0;
}
