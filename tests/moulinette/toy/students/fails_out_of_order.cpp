#include "toy.hpp"

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  static int last = 0;
  const bool is_out_of_order = last == 2 && n == 1;  // in some schedules of edge_turns
  last = n;
  if (is_out_of_order) return 0;
  return n;
}
