// Does: includes a rung that it does not stand on.
// Expect: refused
// Says: 01_task/task.hpp
// In: mutants/03_block_on/block_on.hpp
// In place of: #pragma once
// clang-format off
#include /* */ "01_task/task.hpp"
