// Trap: a literal that blocks.
// Tokens: nothing
// Object: blocking
// Syntax: blocking
#include <unistd.h>
unsigned long long operator""_us(unsigned long long time) {
  usleep(static_cast<unsigned>(time));
  return time;
}
