// Trap: a name that is spelled out, and never used.
// Tokens: locks
// Object: nothing
// Syntax: locks
#include <mutex>
using Gate = std::mutex;
