// Does: instantiates a template within itself for ever.
// Expect: did_not_compile
// Says: template instantiation
#include "toy.hpp"

template <int N>
struct Deep {
  static constexpr int value = Deep<N + 1>::value;
};
static_assert(Deep<0>::value == 0);

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
