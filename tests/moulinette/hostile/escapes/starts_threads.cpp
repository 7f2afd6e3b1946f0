// Does: starts threads until there is no room for another.
// Expect: refused
// Says: std::thread
// Without the norm: crashed passed
// Says then: killed by SIGABRT in schedule 1
#include "toy.hpp"

#include <chrono>
#include <thread>
#include <vector>

int add(int a, int b) {
  std::vector<std::thread> threads;
  for (;;)
    threads.emplace_back([] {
      for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    });
}

int count_to(int n) {
  return n;
}
