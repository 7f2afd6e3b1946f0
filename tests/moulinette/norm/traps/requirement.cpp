// Trap: a requirement of a concept.
// Tokens: nothing
// Object: nothing
// Syntax: blocking
#include <unistd.h>
template <class T>
concept Waits = requires(T time) {
  usleep(1);
};
