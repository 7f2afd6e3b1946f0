// Trap: new in a macro.
// Tokens: raw_new
// Object: nothing
// Syntax: raw_new
#define MADE(type) new type
int* pass() {
  return MADE(int);
}
