// Does: defines what the tests call to choose.
// Expect: refused
// Says: choose
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
namespace mini { inline int choose(int) { return 0; } }
