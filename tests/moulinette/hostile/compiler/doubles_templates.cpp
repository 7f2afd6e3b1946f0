// Does: instantiates twice as many templates on each level.
// Expect: did_not_compile
// Says: The compiler
#include "toy.hpp"

template <int Level, long Path>
struct Tree : Tree<Level - 1, 2 * Path>, Tree<Level - 1, 2 * Path + 1> {};
template <long Path>
struct Tree<0, Path> {};
static_assert(sizeof(Tree<40, 1>) > 0);

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
