// Does: takes the reports of AddressSanitizer for itself.
// Expect: refused
// Says: __asan_set_error_report_callback
#include "toy.hpp"

extern "C" void __asan_set_error_report_callback(void (*)(const char*));
static const int kTaken = (__asan_set_error_report_callback([](const char*) {}), 0);

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
