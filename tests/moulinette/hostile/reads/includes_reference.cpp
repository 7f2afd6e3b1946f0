// Does: includes a right solution, found from the folder of the given headers.
// Expect: refused
// Says: ../solutions/reference.cpp
#include "../solutions/reference.cpp"
