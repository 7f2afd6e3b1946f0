// Trap: code for a version of the compiler.
// Tokens: reserved_words
// Object: blocking
// Syntax: nothing
#include <unistd.h>
#if __GNUC__ > 11
void pass() {
  usleep(1);
}
#endif
