// Does: includes the reference by its whole path.
// Expect: refused
// Says: /mutants/async_orchestrator
#include "toy.hpp"

#include "/usr/src/corokit/mutants/async_orchestrator/matrix_orchestrator.cpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
