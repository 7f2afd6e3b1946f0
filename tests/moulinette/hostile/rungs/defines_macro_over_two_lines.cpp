// Does: defines a macro that the tests use, with a directive over two lines.
// Expect: refused
// Says: #define require
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
#def\
ine require(a, b)
