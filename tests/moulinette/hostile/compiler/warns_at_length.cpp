// Does: has the compiler print sixty warnings, of a kilobyte each.
// Expect: passed
#include "toy.hpp"

template <int N>
[[deprecated("a long reason, which is printed with each of its uses")]] constexpr int old() {
  return N;
}
#define TEN(n) old<n##0>() + old<n##1>() + old<n##2>() + old<n##3>() + old<n##4>() + old<n##5>() + old<n##6>()
int uses = TEN(1) + TEN(2) + TEN(3) + TEN(4) + TEN(5) + TEN(6) + TEN(7) + TEN(8) + TEN(9);

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
