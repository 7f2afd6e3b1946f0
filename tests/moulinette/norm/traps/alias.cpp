// Trap: an alias of a namespace, and one of a type.
// Tokens: nothing
// Object: locks
// Syntax: locks
#include <mutex>
namespace library = std;
using Gate = library::mutex;
void pass(Gate& gate) {
  gate.lock();
}
