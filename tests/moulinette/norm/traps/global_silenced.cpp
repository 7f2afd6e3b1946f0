// Trap: the same, with the warning switched off.
// Tokens: nothing
// Object: before_main
// Syntax: before_main
#pragma GCC diagnostic ignored "-Wglobal-constructors"
int number();
int global = number();
