// Cheat: includes a right solution, found from the folder of the given headers.
// Verdict: refused
// Names: ../solutions/reference.cpp
#include "../solutions/reference.cpp"
