// Does: opens the classes of corokit.
// Expect: refused
// Says: #define private
#define private public
#include <corokit/task.hpp>

#include "toy.hpp"

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
