// Does: replaces a function of corokit.
// Expect: refused
// Says: corokit::sim::is_simulated
#include "toy.hpp"

namespace corokit::sim {
bool is_simulated() {
  return false;
}
}  // namespace corokit::sim

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
