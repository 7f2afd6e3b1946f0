// Cheat: calls ptrace().
// Verdict: refused
// Names: ptrace
#include "toy.hpp"

#include <sys/ptrace.h>

int add(int, int) {
  return static_cast<int>(ptrace(PTRACE_TRACEME));
}

int count_to(int) {
  return 0;
}
