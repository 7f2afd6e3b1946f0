// Does: looks for what the grader sends next.
// Expect: refused
// Says: recv
// Without the norm: passed
#include "toy.hpp"

#include <sys/socket.h>

int add(int a, int b) {
  char text[64];
  for (int fd = 3; fd < 2048; ++fd)
    if (recv(fd, text, sizeof text, MSG_DONTWAIT | MSG_PEEK) > 0) return 0;
  return a + b;
}

int count_to(int n) {
  return n;
}
