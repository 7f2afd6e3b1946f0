// Does: Leaves the test by other ways than its end, and ends the process with success.
// Expect: refused
// Says: std::_Exit: ends the process
// Without the norm: failed
// Says then: something that no C++ code threw
// Says then: something that is no std::exception
#include "toy.hpp"

#include <pthread.h>
#include <cstdlib>

namespace {

struct AtExit {
  ~AtExit() { std::_Exit(0); }
} at_exit;

}  // namespace

int add(int, int) {
  pthread_exit(nullptr);
}

int count_to(int) {
  throw 0;
}
