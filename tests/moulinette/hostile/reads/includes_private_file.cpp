// Does: looks at a file of the exercise that is no header.
// Expect: refused
// Says: spec.json
#include "toy.hpp"

#include "spec.json"

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
