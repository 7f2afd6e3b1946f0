// Does: Defines functions of the class that the tests use for their checks. There they are inline.
// Expect: refused
// Says: corokit::specified::Check::fail: belongs to the tests
// Says: main: takes the place
#include "toy.hpp"

#include <string>

namespace corokit::specified {
class Check {
 public:
  void fail(std::string message);
  bool failed() const;
};
void Check::fail(std::string) {}
bool Check::failed() const {
  return false;
}
}  // namespace corokit::specified

int main() {
  return 0;
}

int add(int, int) {
  return -1;
}

int count_to(int) {
  return -1;
}
