// Does: takes a library away that the tests need.
// Expect: refused
// Says: dlclose
// Without the norm: passed
#include "toy.hpp"

#include <dlfcn.h>

int add(int a, int b) {
  return dlclose(dlopen("libstdc++.so.6", RTLD_NOW)) == 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
