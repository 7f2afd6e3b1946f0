// Trap: the same, behind a digraph.
// Tokens: macros raw_new
// Object: nothing
// Syntax: nothing
// clang-format off
%:define delete return
int pass() {
  delete 1;
}
