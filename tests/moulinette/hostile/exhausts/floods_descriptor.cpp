// Does: writes to every descriptor without end.
// Expect: refused
// Says: write
// Without the norm: hung passed
// Says then: killed in schedule 1
#include "toy.hpp"

#include <unistd.h>
#include <string>

int add(int a, int b) {
  const std::string text(1U << 16U, 'x');
  for (;;)
    for (int fd = 1; fd < 1024; ++fd) static_cast<void>(!write(fd, text.data(), text.size()));
}

int count_to(int n) {
  return n;
}
