// Does: Throws an exception with a message of 300 KB.
// Expect: failed passed
// Says: an exception escaped: beginxxx
// Says: xxxend (in schedule 1)
#include "toy.hpp"

#include <stdexcept>
#include <string>

int add(int, int) {
  throw std::runtime_error("begin" + std::string(300'000, 'x') + "end");
}

int count_to(int n) {
  return n;
}
