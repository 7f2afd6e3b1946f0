// Trap: inline assembly, pasted.
// Tokens: pasting
// Object: nothing
// Syntax: assembly
#define PASTED(one, other) one##other
void pass() {
  PASTED(as, m)("");
}
