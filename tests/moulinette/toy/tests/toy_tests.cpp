#include "check.hpp"
#include "toy.hpp"

COROKIT_SPECIFIED_TEST(adds) {
  check.equal(add(20, 22), 42, "20 + 22");
}

COROKIT_SPECIFIED_TEST(counts) {
  check.equal(count_to(3), 3, "counting to 3");
}

COROKIT_SPECIFIED_PART(counts, edge_nothing) {
  check.equal(count_to(0), 0, "counting to 0");
}
