// Trap: a pointer to a member.
// Tokens: nothing
// Object: nothing
// Syntax: locks
#include <mutex>
namespace library = std;
using Step = decltype(&library::mutex::lock);
