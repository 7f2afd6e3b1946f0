// Does: leaves a file for the next test, in its folder and in /tmp.
// Expect: refused
// Says: stream: opens files
// Without the norm: passed
#include "toy.hpp"

#include <fstream>

int add(int a, int b) {
  int found = 0;
  for (const char* path : {"hostile.written", "/tmp/hostile.written", "/var/tmp/hostile.written"}) {
    std::ifstream before(path);
    found += before.is_open() ? 1 : 0;
    std::ofstream(path) << a + b;
  }
  return found == 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
