// Does: ends the process with success from a thread, while the test waits.
// Expect: refused
// Says: std::thread
// Without the norm: exited_early passed
// Says then: in schedule 1 with status 0, and never reported
#include "toy.hpp"

#include <cstdlib>
#include <thread>

int add(int a, int b) {
  std::thread([] { std::quick_exit(0); }).detach();
  for (;;) std::this_thread::yield();
}

int count_to(int n) {
  return n;
}
