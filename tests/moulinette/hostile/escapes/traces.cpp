// Does: calls ptrace().
// Expect: refused
// Says: ptrace
// Without the norm: crashed failed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/ptrace.h>

int add(int, int) {
  return static_cast<int>(ptrace(PTRACE_TRACEME));
}

int count_to(int) {
  return 0;
}
