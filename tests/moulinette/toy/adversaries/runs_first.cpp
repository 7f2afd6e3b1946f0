// Cheat: runs before the constructors of the tests.
// Verdict: refused
// Names: .init_array.00101
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
