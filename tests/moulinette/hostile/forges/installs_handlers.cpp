// Does: has its own functions called when the program gives up.
// Expect: refused
// Says: std::set_terminate
// Without the norm: exited_early passed
// Says then: in schedule 1 with status 0, and never reported
#include "toy.hpp"

#include <cstdlib>
#include <exception>

int add(int a, int b) {
  std::set_terminate([] { std::_Exit(0); });
  std::terminate();
}

int count_to(int n) {
  return n;
}
