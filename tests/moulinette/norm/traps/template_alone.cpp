// Trap: a template that is never instantiated.
// Tokens: nothing
// Object: nothing
// Syntax: blocking
#include <unistd.h>
template <class T>
void wait_for(T) {
  usleep(1);
}
