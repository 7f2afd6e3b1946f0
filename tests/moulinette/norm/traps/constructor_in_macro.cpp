// Trap: the same attribute in a macro.
// Tokens: before_main
// Object: before_main
// Syntax: before_main
#define EARLY [[gnu::constructor]]
int number;
EARLY void early() {
  number = 1;
}
