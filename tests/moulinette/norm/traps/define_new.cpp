// Trap: a macro with the name of a keyword.
// Tokens: macros
// Object: nothing
// Syntax: nothing
#define new auto
int pass() {
  return 1;
}
