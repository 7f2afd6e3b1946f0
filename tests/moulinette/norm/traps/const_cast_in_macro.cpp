// Trap: a cast in a macro.
// Tokens: const_cast
// Object: nothing
// Syntax: const_cast
#define CHANGE(what) const_cast<int&>(what)
void pass(const int& number) {
  CHANGE(number) = 1;
}
