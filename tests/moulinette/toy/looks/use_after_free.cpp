// Passes all tests, and reads memory that is free.
#include "toy.hpp"

#include <vector>

int add(int a, int b) {
  std::vector<int> numbers{a};
  const int& first = numbers.front();
  numbers.push_back(b);
  [[maybe_unused]] const volatile int seen = first;
  return a + b;
}

int count_to(int n) {
  return n;
}
