// Does: calls the system by code that it writes into memory.
// Expect: refused
// Says: reinterpret_cast
// Without the norm: passed
#include "toy.hpp"

#include <sys/mman.h>
#include <cstring>

int add(int a, int b) {
  constexpr unsigned char kCode[] = {0xb8, 0xe7, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05};  // exit_group(0)
  void* const page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return a + b;
  std::memcpy(page, kCode, sizeof kCode);
  if (mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0) return a + b;
  reinterpret_cast<void (*)()>(page)();
  return a + b;
}

int count_to(int n) {
  return n;
}
