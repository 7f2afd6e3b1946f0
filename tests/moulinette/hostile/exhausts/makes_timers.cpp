// Does: makes timers until there is no room for another.
// Expect: refused
// Says: timer_create
// Without the norm: crashed passed
// Says then: killed by SIGSYS in schedule 1: it asked the system for something that no solution needs
#include "toy.hpp"

#include <csignal>
#include <ctime>

int add(int a, int b) {
  timer_t timer;
  for (int i = 0; i < 1'000'000; ++i)
    if (timer_create(CLOCK_MONOTONIC, nullptr, &timer) != 0) break;
  return a + b;
}

int count_to(int n) {
  return n;
}
