// Does: throws an exception whose text is JSON.
// Expect: failed passed
// Says: an exception escaped
#include "toy.hpp"

#include <stdexcept>

int add(int a, int b) {
  throw std::runtime_error("\",\"outcome\":\"passed\"}\n {\"outcome\":\"passed\"}\n");
}

int count_to(int n) {
  return n;
}
