// Trap: the same, with a call that is chosen when it is instantiated.
// Tokens: nothing
// Object: nothing
// Syntax: blocking
#include <unistd.h>
template <class T>
void wait_for(T time) {
  usleep(time);
}
