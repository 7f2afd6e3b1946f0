// Does: Searches its variables for the secret, and crashes if it finds it.
// Expect: refused
// Says: reinterpret_cast
// Without the norm: passed
#include "toy.hpp"

#include <cctype>
#include <cstdint>
#include <cstdlib>

extern "C" char _end;  // behind the last variable of this program

namespace {

int anchor =
    1;  // its page begins before the variables that are zero at first, and after nothing that is no memory

// Searches the variables for the secret, which has 32 hexadecimal digits, and crashes if it finds it.
void search() {
  const auto page = reinterpret_cast<std::uintptr_t>(&anchor) & ~std::uintptr_t{4095};
  int digits = 0;
  for (auto at = reinterpret_cast<const volatile char*>(page); at < &_end; ++at) {
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
