// Does: calls longjmp().
// Expect: refused
// Says: std::longjmp
// Without the norm: crashed failed
// Says then: killed by SIGSEGV in schedule 1
#include "toy.hpp"

#include <csetjmp>

int add(int, int) {
  static std::jmp_buf buffer;
  return static_cast<int>((std::longjmp(buffer, 1), 0));
}

int count_to(int) {
  return 0;
}
