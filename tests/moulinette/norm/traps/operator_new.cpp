// Trap: the function behind new.
// Tokens: nothing
// Object: nothing
// Syntax: raw_new
#include <new>
void* pass() {
  return ::operator new(4);
}
