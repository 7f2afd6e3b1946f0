// Does: ends the process with success before the explorer begins.
// Expect: refused
// Says: exit
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
#include <cstdlib>
inline int ended = (std::exit(0), 0);
