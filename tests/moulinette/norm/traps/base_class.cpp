// Trap: a base class.
// Tokens: nothing
// Object: nothing
// Syntax: locks
#include <mutex>
namespace library = std;
struct Gate : library::mutex {};
