// Does: reads everything above its frame, in search of the secret.
// Expect: crashed passed
// Says: killed by SIGSEGV
#include "toy.hpp"

#include <cctype>

int add(int a, int b) {
  const volatile char here = 0;
  int digits = 0;
  for (const volatile char* at = &here; digits < 32; ++at)
    digits = std::isxdigit(static_cast<unsigned char>(*at)) ? digits + 1 : 0;
  return 0;
}

int count_to(int n) {
  return n;
}
