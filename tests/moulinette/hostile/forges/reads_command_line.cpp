// Does: reads what it is called with, and writes a report of its own in that name.
// Expect: refused
// Says: std::ifstream
// Without the norm: failed passed
// Says then: 20 + 22: expected 42, got 0 (in schedule 1)
#include "toy.hpp"

#include <unistd.h>
#include <fstream>
#include <string>

int add(int a, int b) {
  std::ifstream arguments("/proc/self/cmdline");
  std::string test;
  for (int i = 0; i < 2; ++i) std::getline(arguments, test, '\0');
  const std::string report = " {\"test\":\"" + test + "\",\"outcome\":\"passed\"}\n";
  for (int fd = 3; fd < 1024; ++fd) static_cast<void>(!write(fd, report.data(), report.size()));
  return 0;
}

int count_to(int n) {
  return n;
}
