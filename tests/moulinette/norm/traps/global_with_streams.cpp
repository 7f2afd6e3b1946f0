// Trap: the same beside <iostream>, which has such a global itself.
// Tokens: nothing
// Object: nothing
// Syntax: before_main
#include <iostream>
int number();
int global = number();
