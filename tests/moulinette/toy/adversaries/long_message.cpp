#include "toy.hpp"

#include <stdexcept>
#include <string>

int add(int, int) {
  throw std::runtime_error("begin" + std::string(300'000, 'x') + "end");
}

int count_to(int n) {
  return n;
}
