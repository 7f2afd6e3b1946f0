// Trap: a function that is found by its arguments.
// Tokens: nothing
// Object: locks
// Syntax: locks
#include <mutex>
namespace library = std;
void pass(library::mutex& one, library::mutex& other) {
  lock(one, other);
}
