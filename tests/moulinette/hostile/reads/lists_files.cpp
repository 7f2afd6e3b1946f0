// Does: lists the files of the machine.
// Expect: refused
// Says: std::filesystem
// Without the norm: passed
#include "toy.hpp"

#include <filesystem>

int add(int a, int b) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator("/", std::filesystem::directory_options::skip_permission_denied))
    files += entry.exists() ? 1 : 0;
  return files < 100 ? a + b : 0;
}

int count_to(int n) {
  return n;
}
