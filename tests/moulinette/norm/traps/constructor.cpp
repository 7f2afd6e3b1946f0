// Trap: an attribute that runs a function before main().
// Tokens: before_main
// Object: before_main
// Syntax: before_main
int number;
__attribute__((constructor)) void early() {
  number = 1;
}
