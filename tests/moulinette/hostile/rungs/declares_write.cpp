// Does: declares write(), and reports for the explorer.
// Expect: refused
// Says: write
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
extern "C" long write(int, const void*, unsigned long);
inline long said = write(3, "{}", 2);
