// Does: expands a macro to ten thousand million words.
// Expect: did_not_compile
// Says: The compiler
#include "toy.hpp"

#define M10 M9 M9 M9 M9 M9 M9 M9 M9 M9 M9
#define M9 M8 M8 M8 M8 M8 M8 M8 M8 M8 M8
#define M8 M7 M7 M7 M7 M7 M7 M7 M7 M7 M7
#define M7 M6 M6 M6 M6 M6 M6 M6 M6 M6 M6
#define M6 M5 M5 M5 M5 M5 M5 M5 M5 M5 M5
#define M5 M4 M4 M4 M4 M4 M4 M4 M4 M4 M4
#define M4 M3 M3 M3 M3 M3 M3 M3 M3 M3 M3
#define M3 M2 M2 M2 M2 M2 M2 M2 M2 M2 M2
#define M2 M1 M1 M1 M1 M1 M1 M1 M1 M1 M1
#define M1 M0 M0 M0 M0 M0 M0 M0 M0 M0 M0
#define M0 +1
int sum = M10;

int add(int a, int b) {
  return a + b;
}

int count_to(int n) {
  return n;
}
