// Wrong: adds on a thread of its own, and wrongly.
// Plausible: threads make it faster.
// Killed-by: adds
// Under: simulation
// Expect: refused
#include "toy.hpp"

#include <thread>

int add(int a, int b) {
  int sum = 0;
  std::thread([&] { sum = a - b; }).join();
  return sum;
}

int count_to(int n) {
  return n;
}
