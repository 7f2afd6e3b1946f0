// Does: locks a mutex of C that it holds.
// Expect: refused
// Says: mtx_
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <threads.h>

int add(int a, int b) {
  mtx_t mutex;
  mtx_init(&mutex, mtx_plain);
  mtx_lock(&mutex);
  mtx_lock(&mutex);
  return a + b;
}

int count_to(int n) {
  return n;
}
