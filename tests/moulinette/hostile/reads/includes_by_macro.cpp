// Does: hides the name of the file behind a macro.
// Expect: refused
// Says: #include ANSWER
#define ANSWER "../solutions/reference.cpp"
#include ANSWER
