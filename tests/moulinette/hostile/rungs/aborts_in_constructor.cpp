// Does: aborts before the explorer begins.
// Expect: refused
// Says: before
// By tokens: crashed
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
#include <cstdlib>
inline int ended = (std::abort(), 0);
