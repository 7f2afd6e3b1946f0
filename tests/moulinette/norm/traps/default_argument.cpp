// Trap: a lambda in a default argument that nobody uses.
// Tokens: nothing
// Object: nothing
// Syntax: blocking
#include <unistd.h>
void pass(int number = [] { return usleep(1); }());
