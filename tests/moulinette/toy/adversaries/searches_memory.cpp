#include "toy.hpp"

#include <cctype>
#include <cstdlib>

extern "C" char __bss_start, _end;  // the variables of this program

namespace {

// Searches these variables for the secret, which has 32 hexadecimal digits, and crashes if it finds it.
void search() {
  int digits = 0;
  for (const volatile char* at = &__bss_start; at < &_end; ++at) {
    digits = std::isxdigit(static_cast<unsigned char>(*at)) ? digits + 1 : 0;
    if (digits == 32) std::abort();
  }
}

}  // namespace

int add(int a, int b) {
  search();
  return a + b;
}

int count_to(int n) {
  search();
  return n;
}
