#include "toy.hpp"

#include <stdexcept>

int add(int, int) {
  throw std::runtime_error("the Matrix \xff has you\n\x1b[31m");
}

int count_to(int n) {
  return n;
}
