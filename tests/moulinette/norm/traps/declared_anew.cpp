// Trap: a function of C that is declared anew.
// Tokens: nothing
// Object: system_calls
// Syntax: system_calls
extern "C" long syscall(long, ...);
long pass() {
  return syscall(39);
}
