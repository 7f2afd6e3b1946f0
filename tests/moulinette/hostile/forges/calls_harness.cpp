// Does: Declares functions of the harness by name, and calls one from a destructor, after the test.
// Expect: refused
// Says: corokit::specified::channel::passed: belongs to the tests
#include "toy.hpp"

namespace corokit::specified {
namespace channel {
void passed();
}
}  // namespace corokit::specified

namespace {

struct AtExit {
  ~AtExit() { corokit::specified::channel::passed(); }
} at_exit;

}  // namespace

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
