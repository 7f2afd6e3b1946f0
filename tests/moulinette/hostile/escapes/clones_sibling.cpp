// Does: starts a process that is a child of its parent.
// Expect: refused
// Says: syscall
// Without the norm: passed
#include "toy.hpp"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <csignal>

int add(int a, int b) {
  const long child = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    signal(SIGTERM, SIG_IGN);
    for (;;) pause();
  }
  return child < 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
