// Does: names what belongs to the tests, over two lines.
// Expect: refused
// Says: explored
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
namespace expl\
ored {}
