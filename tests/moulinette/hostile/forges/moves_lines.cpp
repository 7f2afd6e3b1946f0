// Does: pretends that its lines are those of a header of the system.
// Expect: refused
// Says: #line
#include "toy.hpp"

#line 1 "/usr/include/c++/12/vector"

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
