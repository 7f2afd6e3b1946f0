// Trap: the same, with a macro for the version.
// Tokens: reserved_words
// Object: blocking
// Syntax: nothing
#include <unistd.h>
#define VERSION __GNUC__
#if VERSION > 11
void pass() {
  usleep(1);
}
#endif
