// Does: makes the compiler print lines of any file as errors.
// Expect: refused
// Says: /etc/passwd
#include "toy.hpp"

#include "/etc/passwd"

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
