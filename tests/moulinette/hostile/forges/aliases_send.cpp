// Does: gives a function of its own a second name.
// Expect: refused
// Says: alias
#include "toy.hpp"

extern "C" long sent(int, const void*, unsigned long length, int) {
  return static_cast<long>(length);
}
extern "C" [[gnu::alias("sent")]] long send(int, const void*, unsigned long, int);

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
