// Does: looks for the programs of others beside its own.
// Expect: refused
// Says: opendir
// Without the norm: passed
#include "toy.hpp"

#include <dirent.h>

int add(int a, int b) {
  DIR* const folder = opendir("..");
  if (!folder) return a + b;
  int others = 0;
  while (const dirent* entry = readdir(folder)) others += entry->d_name[0] == '.' ? 0 : 1;
  return others == 0 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
