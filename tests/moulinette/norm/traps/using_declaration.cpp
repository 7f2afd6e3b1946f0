// Trap: a using-declaration of a function of C.
// Tokens: nothing
// Object: nothing
// Syntax: threads
#include <pthread.h>
namespace mine {
using ::pthread_create;
}
