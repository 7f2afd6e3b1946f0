// Does: Looks for the secret before main() starts, and crashes if it can still be read.
// Expect: refused
// Says: constructor: runs before main()
// Without the norm: passed
#include "toy.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstdlib>

namespace {

[[gnu::constructor]] void look_for_secret() {
  char secret[64];
  if (recv(3, secret, sizeof secret, MSG_DONTWAIT | MSG_PEEK) > 0) std::abort();
  if (fcntl(3, F_GETFD) >= 0) std::abort();
}

}  // namespace

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
