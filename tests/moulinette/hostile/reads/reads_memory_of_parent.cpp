// Does: reads the memory of whoever started it.
// Expect: refused
// Says: getppid
// Without the norm: passed
#include "toy.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <string>

int add(int a, int b) {
  const std::string parent = "/proc/" + std::to_string(getppid());
  for (const char* name : {"/mem", "/environ", "/maps", "/fd/3"})
    if (const int file = open((parent + name).c_str(), O_RDONLY); file >= 0) return file;
  return a + b;
}

int count_to(int n) {
  return n;
}
