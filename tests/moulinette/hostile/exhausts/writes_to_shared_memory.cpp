// Does: fills the memory that processes share by name.
// Expect: refused
// Says: shm_open
// Without the norm: passed
#include "toy.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <string>

int add(int a, int b) {
  const int memory = shm_open("/hostile.written", O_RDWR | O_CREAT, 0600);
  if (memory < 0) return a + b;
  const std::string text(1U << 20U, 'x');
  for (int i = 0; i < 64; ++i)
    if (write(memory, text.data(), text.size()) < 0) return a + b;
  return 0;
}

int count_to(int n) {
  return n;
}
