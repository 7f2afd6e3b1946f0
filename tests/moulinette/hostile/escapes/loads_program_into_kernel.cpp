// Does: loads a program into the kernel, or has it work for it.
// Expect: refused
// Says: syscall
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/syscall.h>
#include <unistd.h>
#include <initializer_list>

int add(int a, int b) {
  for (const long call : {SYS_bpf, SYS_io_uring_setup, SYS_userfaultfd, SYS_perf_event_open, SYS_keyctl})
    if (syscall(call, 0, 0, 0, 0, 0) >= 0) return 0;
  return a + b;
}

int count_to(int n) {
  return n;
}
