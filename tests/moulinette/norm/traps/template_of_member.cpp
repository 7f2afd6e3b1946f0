// Trap: a member of a type that nobody knows before a template is instantiated: harmless until then.
// Tokens: nothing
// Object: nothing
// Syntax: nothing
template <class T>
void pass(T& gate) {
  gate.lock();
}
