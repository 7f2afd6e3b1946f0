// Does: Ends the process with success, in the hope that this counts.
// Expect: refused
// Says: exit: ends the process
// Without the norm: exited_early
// Says then: in schedule 1 with status 0, and never reported
#include "toy.hpp"

#include <cstdlib>

int add(int, int) {
  std::exit(0);
}

int count_to(int) {
  std::_Exit(0);
}
