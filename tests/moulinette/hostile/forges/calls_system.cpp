// Does: calls the system by an instruction.
// Expect: refused
// Says: asm
#include "toy.hpp"

#include <cstddef>

int add(int, int) {
  long result = 1;
  asm volatile("syscall" : "+a"(result) : "D"(3), "S"("passed"), "d"(6) : "rcx", "r11", "memory");
  return static_cast<int>(result);
}

int count_to(int) {
  return 0;
}
