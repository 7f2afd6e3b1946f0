#include "toy.hpp"

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
