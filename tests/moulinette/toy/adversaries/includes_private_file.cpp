// Cheat: looks at a file of the exercise that is no header.
// Verdict: refused
// Names: spec.json
#include "toy.hpp"

#include "spec.json"

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
