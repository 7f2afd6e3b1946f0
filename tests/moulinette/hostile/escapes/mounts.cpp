// Does: mounts the processes of the machine.
// Expect: refused
// Says: mount
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/mount.h>
#include <unistd.h>

int add(int a, int b) {
  return mount("proc", "/tmp", "proc", 0, nullptr) == 0 || chroot("..") == 0 ? 0 : a + b;
}

int count_to(int n) {
  return n;
}
