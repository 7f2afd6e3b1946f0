// Trap: inline assembly in a macro.
// Tokens: assembly
// Object: nothing
// Syntax: assembly
#define NOTHING asm volatile("")
void pass() {
  NOTHING;
}
