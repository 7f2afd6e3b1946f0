// Does: has two threads wait for each other.
// Expect: refused
// Says: std::thread
// Without the norm: hung passed
// Says then: still running after 4 s
#include "toy.hpp"

#include <barrier>
#include <mutex>
#include <thread>

int add(int a, int b) {
  std::mutex one;
  std::mutex two;
  std::barrier both(2);
  const auto take = [&](std::mutex& first, std::mutex& second) {
    const std::lock_guard outer(first);
    both.arrive_and_wait();
    const std::lock_guard inner(second);
  };
  std::thread other([&] { take(two, one); });
  take(one, two);
  other.join();
  return a + b;
}

int count_to(int n) {
  return n;
}
