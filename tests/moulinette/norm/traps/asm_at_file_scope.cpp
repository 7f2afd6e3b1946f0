// Trap: inline assembly outside of any function.
// Tokens: assembly
// Object: nothing
// Syntax: assembly
namespace hidden {
asm("nop");
}
