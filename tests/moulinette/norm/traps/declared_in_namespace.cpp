// Trap: the same in a namespace, in a template.
// Tokens: nothing
// Object: nothing
// Syntax: system_calls
namespace mine {
extern "C" long syscall(long, ...);
}
template <class T>
long pass() {
  return mine::syscall(39);
}
