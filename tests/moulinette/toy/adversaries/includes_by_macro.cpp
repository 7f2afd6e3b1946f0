// Cheat: hides the name of the file behind a macro.
// Verdict: refused
// Names: #include ANSWER
#define ANSWER "../solutions/reference.cpp"
#include ANSWER
