// Cheat: spells the # in another way.
// Verdict: refused
// Names: ../solutions/reference.cpp
// clang-format off
%: /* a comment */ include "../solutions/reference.cpp"
