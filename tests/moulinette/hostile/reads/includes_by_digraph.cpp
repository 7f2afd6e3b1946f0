// Does: spells the # in another way.
// Expect: refused
// Says: ../solutions/reference.cpp
// clang-format off
%: /* a comment */ include "../solutions/reference.cpp"
