// Trap: an operand that is never evaluated.
// Tokens: nothing
// Object: nothing
// Syntax: blocking
#include <unistd.h>
using Slept = decltype(usleep(1));
