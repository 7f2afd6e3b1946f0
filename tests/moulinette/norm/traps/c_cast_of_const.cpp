// Trap: a C-style cast that is a const_cast.
// Tokens: nothing
// Object: nothing
// Syntax: const_cast
void pass(const int* number) {
  *(int*)number = 1;
}
