// Does: Passes some schedules; crashes in a destructor, after the report.
// Expect: refused
// Says: a global: runs before main()
// By tokens: crashed
#include "toy.hpp"

#include <cstdlib>

namespace {

// The first schedules of adds pass. After the report of counts, the destructor crashes.
int calls = 0;

struct AtExit {
  ~AtExit() {
    if (calls > 0) std::abort();
  }
} at_exit;

}  // namespace

int add(int a, int b) {
  return ++calls == 7 ? 0 : a + b;
}

int count_to(int n) {
  ++calls;
  return n;
}
