// Does: sends itself the socket of the harness, to have a descriptor that nobody closes.
// Expect: refused
// Says: socketpair
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/socket.h>
#include <cstring>

int add(int a, int b) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) return a + b;
  alignas(cmsghdr) char buffer[CMSG_SPACE(sizeof(int))]{};
  msghdr message{};
  message.msg_control = buffer;
  message.msg_controllen = sizeof buffer;
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  *header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
  const int report = 1000;
  std::memcpy(CMSG_DATA(header), &report, sizeof report);
  return sendmsg(pair[0], &message, 0) < 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
