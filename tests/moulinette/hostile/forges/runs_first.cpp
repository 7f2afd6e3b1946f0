// Does: runs before the constructors of the tests.
// Expect: refused
// Says: constructor
#include "toy.hpp"

static int answer = 0;

[[gnu::constructor(101)]] void first() {
  answer = 42;
}

int add(int, int) {
  return answer;
}

int count_to(int) {
  return 0;
}
