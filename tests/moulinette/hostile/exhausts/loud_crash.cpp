// Does: Crashes with last words; prints for ever.
// Expect: crashed hung
// Says: killed by SIGABRT in schedule 1: the permit was given twice
// Says: killed in schedule 1
#include "toy.hpp"

#include <cstdio>
#include <cstdlib>

int add(int, int) {
  std::fputs("first line\nthe permit was given twice\n", stderr);
  std::abort();
}

int count_to(int n) {
  for (int i = 0;; ++i) std::printf("for ever and ever %d\n", i + n);
}
