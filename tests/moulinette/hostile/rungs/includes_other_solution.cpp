// Does: includes another right solution of the rung.
// Expect: refused
// Says: 03_block_on/./another_block_on.hpp
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
#include <03_block_on/./another_block_on.hpp>
