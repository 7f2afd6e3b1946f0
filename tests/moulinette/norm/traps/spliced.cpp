// Trap: a word that goes on in the next line.
// Tokens: reinterpret_cast
// Object: nothing
// Syntax: reinterpret_cast
long pass(double* number) {
  return *reinterpret\
_cast<long*>(number);
}
