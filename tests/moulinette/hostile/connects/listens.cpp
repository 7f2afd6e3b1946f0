// Does: waits for connections of others.
// Expect: refused
// Says: reinterpret_cast
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/socket.h>
#include <sys/un.h>

int add(int a, int b) {
  const int door = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un name{AF_UNIX, "\0hostile"};
  return door >= 0 && bind(door, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
