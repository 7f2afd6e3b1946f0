// Does: has the assembler read a file.
// Expect: refused
// Says: asm
#include "toy.hpp"

asm(".incbin \"/etc/passwd\"");

int add(int, int) {
  return 0;
}

int count_to(int) {
  return 0;
}
