// Does: takes a semaphore of the system that nobody gives.
// Expect: refused
// Says: sem_
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <semaphore.h>

int add(int a, int b) {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  sem_wait(&semaphore);
  return a + b;
}

int count_to(int n) {
  return n;
}
