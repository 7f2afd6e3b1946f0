// Does: connects to another machine.
// Expect: refused
// Says: netinet/in.h
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

int add(int a, int b) {
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in there{};
  there.sin_family = AF_INET;
  there.sin_port = htons(53);
  there.sin_addr.s_addr = htonl(0x7f000001);
  return connection >= 0 && connect(connection, reinterpret_cast<sockaddr*>(&there), sizeof there) == 0
             ? 0
             : a + b;
}

int count_to(int n) {
  return n;
}
