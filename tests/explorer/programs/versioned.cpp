// A thread changes a number once, and another one twice, so that the block of the first number may be used again.
//
// Explored: versioned: right
#include "versioned.hpp"
#include "explorer/program.hpp"

#include <thread>

COROKIT_EXPLORED(versioned) {
  Versioned versioned;
  const auto add_one = [](int value) { return value + 1; };
  std::thread thread([&] { versioned.update(add_one); });
  versioned.update(add_one);
  versioned.update(add_one);
  thread.join();
  explored::require(versioned.get() == 3, "no change is lost");
}
