// Trap: the same attribute, pasted.
// Tokens: nothing
// Object: before_main
// Syntax: before_main
#define PASTED(one, other) [[gnu::one##other]]
int number;
PASTED(const, ructor) void early() {
  number = 1;
}
