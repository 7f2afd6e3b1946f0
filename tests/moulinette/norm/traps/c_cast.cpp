// Trap: a C-style cast that is a reinterpret_cast.
// Tokens: nothing
// Object: nothing
// Syntax: reinterpret_cast
long pass(double* number) {
  return *(long*)number;
}
