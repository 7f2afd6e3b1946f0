// Trap: an alias that nobody uses yet.
// Tokens: nothing
// Object: nothing
// Syntax: locks
#include <mutex>
namespace library = std;
using Gate = library::mutex;
