// Cheat: calls time().
// Verdict: refused
// Names: time
#include "toy.hpp"

#include <ctime>

int add(int, int) {
  return static_cast<int>(std::time(nullptr) == 0);
}

int count_to(int) {
  return 0;
}
