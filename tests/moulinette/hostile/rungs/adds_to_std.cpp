// Does: changes what the standard library means to the tests.
// Expect: refused
// Says: namespace std
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
namespace std { struct lock; }
