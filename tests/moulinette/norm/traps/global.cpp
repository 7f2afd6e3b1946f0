// Trap: a global that is constructed while the program runs.
// Tokens: nothing
// Object: before_main
// Syntax: before_main
int number();
int global = number();
