// Trap: code that libclang does not see.
// Tokens: reserved_words
// Object: blocking
// Syntax: nothing
#include <unistd.h>
#ifndef __clang__
void pass() {
  usleep(1);
}
#endif
