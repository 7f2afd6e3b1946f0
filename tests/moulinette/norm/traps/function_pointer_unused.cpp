// Trap: a pointer to a function that the compiler throws away.
// Tokens: nothing
// Object: nothing
// Syntax: blocking
#include <unistd.h>
void pass() {
  [[maybe_unused]] auto* later = &usleep;
}
