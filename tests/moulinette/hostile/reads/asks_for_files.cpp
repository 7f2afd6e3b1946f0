// Does: asks the compiler which files there are.
// Expect: passed
#include "toy.hpp"

#if __has_include("/etc/passwd")
#warning there is a file of users
#endif

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
