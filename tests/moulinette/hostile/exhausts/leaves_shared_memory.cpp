// Does: leaves memory, messages and semaphores that outlive their process.
// Expect: refused
// Says: get
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int add(int a, int b) {
  return shmget(IPC_PRIVATE, 1U << 20U, IPC_CREAT | 0600) < 0 && msgget(IPC_PRIVATE, IPC_CREAT | 0600) < 0 &&
                 semget(IPC_PRIVATE, 1, IPC_CREAT | 0600) < 0
             ? a + b
             : 0;
}

int count_to(int n) {
  return n;
}
