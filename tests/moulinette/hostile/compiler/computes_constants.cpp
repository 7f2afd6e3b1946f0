// Does: has the compiler compute many constants, each within its limit of steps.
// Expect: did_not_compile
#include "toy.hpp"

template <int N>
constexpr int slow() {
  int sum = N;
  for (int i = 0; i < 1000; ++i)
    for (int j = 0; j < 5000; ++j) sum ^= i + j;
  return sum;
}
template <int... N>
constexpr int all = (slow<N>() + ... + slow<__COUNTER__>());
static_assert(all<1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20> != 0);

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
