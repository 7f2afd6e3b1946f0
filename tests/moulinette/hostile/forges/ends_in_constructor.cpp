// Does: ends the process with success before main().
// Expect: refused
// Says: _exit
// Without the norm: exited_early
// Says then: before the first schedule with status 0, and never reported
#include "toy.hpp"

#include <unistd.h>

namespace {

struct AtStart {
  AtStart() { _exit(0); }
} at_start;

}  // namespace

int add(int a, int b) {
  return 0;
}

int count_to(int n) {
  return n;
}
