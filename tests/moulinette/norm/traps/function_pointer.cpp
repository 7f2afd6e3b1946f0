// Trap: a pointer to a function.
// Tokens: nothing
// Object: blocking
// Syntax: blocking
#include <unistd.h>
extern int (*const later)(unsigned);
int (*const later)(unsigned) = &usleep;
