// Does: includes the harness by its name, to call what only it may.
// Expect: did_not_compile
// Says: channel.hpp
#include "toy.hpp"

#include "channel.hpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
