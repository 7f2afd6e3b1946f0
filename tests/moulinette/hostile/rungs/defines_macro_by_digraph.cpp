// Does: defines a macro that the tests use, with # spelt in another way.
// Expect: refused
// Says: #define require
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
%:define require(a, b)
