// Does: opens a socket to the network.
// Expect: refused
// Says: socket
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/socket.h>

int add(int a, int b) {
  return socket(AF_INET, SOCK_DGRAM, 0) < 0 && socket(AF_INET6, SOCK_STREAM, 0) < 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
