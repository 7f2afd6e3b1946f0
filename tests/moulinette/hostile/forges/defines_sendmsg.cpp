// Does: replaces the function by which the harness reports, and turns failures into passes.
// Expect: refused
// Says: sendmsg
#include "toy.hpp"

#include <sys/socket.h>
#include <sys/uio.h>
#include <string>

extern "C" ssize_t sendmsg(int fd, const msghdr* message, int) noexcept {
  std::string line;
  for (std::size_t i = 0; i < message->msg_iovlen; ++i)
    line.append(static_cast<const char*>(message->msg_iov[i].iov_base), message->msg_iov[i].iov_len);
  if (const std::size_t at = line.find("failed"); at != std::string::npos) line.replace(at, 6, "passed");
  return send(fd, line.data(), line.size(), 0);
}

int add(int a, int b) {
  return 0;
}

int count_to(int) {
  return 0;
}
