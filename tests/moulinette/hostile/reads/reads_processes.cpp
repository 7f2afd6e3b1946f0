// Does: lists the processes of the machine.
// Expect: refused
// Says: opendir
// Without the norm: passed
#include "toy.hpp"

#include <dirent.h>
#include <cctype>

int add(int a, int b) {
  DIR* const folder = opendir("/proc");
  if (!folder) return a + b;
  int others = 0;
  while (const dirent* entry = readdir(folder))
    others += std::isdigit(static_cast<unsigned char>(entry->d_name[0])) ? 1 : 0;
  return others < 8 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
