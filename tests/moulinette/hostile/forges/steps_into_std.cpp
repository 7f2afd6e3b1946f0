// Does: adds a function to namespace std that the tests would prefer.
// Expect: failed passed
// Says: 20 + 22: expected 42, got 0
#include "toy.hpp"

#include <string>

namespace std {
bool operator==(const string&, const string&) noexcept {
  return true;
}
}  // namespace std

int add(int a, int b) {
  return 0;
}

int count_to(int n) {
  return n;
}
