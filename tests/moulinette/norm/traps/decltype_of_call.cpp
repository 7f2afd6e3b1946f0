// Trap: a type that only decltype names.
// Tokens: nothing
// Object: nothing
// Syntax: blocking
#include <condition_variable>
namespace library = std;
library::condition_variable& signal_of(int);
using Signal = decltype(signal_of(0));
