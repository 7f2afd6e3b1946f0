// Does: ends the stream of the reports, without closing it.
// Expect: refused
// Says: shutdown
// Without the norm: exited_early passed
// Says then: in schedule 1 with status 0, and never reported
#include "toy.hpp"

#include <sys/socket.h>

int add(int a, int b) {
  for (int fd = 0; fd < 2048; ++fd) shutdown(fd, SHUT_RDWR);
  return a + b;
}

int count_to(int n) {
  return n;
}
