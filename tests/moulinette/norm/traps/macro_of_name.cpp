// Trap: a macro that stands for a part of a name.
// Tokens: nothing
// Object: nothing
// Syntax: locks
#include <mutex>
#define GATE mutex
namespace library = std;
using Gate = library::GATE;
